/** Preloaded into the apps: names below localhost are this machine (RFC 6761 §6.3), which browsers know and many resolvers don't. */
import dns from 'node:dns';

const { lookup } = dns;

dns.lookup = (hostname, options, callback) => {
  const isOurs = typeof hostname === 'string' && hostname.endsWith('.localhost');
  return lookup(isOurs ? '127.0.0.1' : hostname, options, callback);
};
