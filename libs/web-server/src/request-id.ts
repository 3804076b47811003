import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const SENSIBLE = /^[A-Za-z0-9._-]{1,64}$/;

/** The addresses of `cidr` (`10.0.0.0/8`, `::1`) as a list to look in. Throws on anything else. */
function addressesOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', prefix] = cidr.split('/', 2);
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) throw new Error(`not an address or CIDR: ${cidr}`);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** Names requests: as a trusted proxy named it (`x-request-id`), else by a name of our own. Nobody else's name gets into logs. */
export function requestIds(
  trustedProxies: readonly string[],
): (raw: Pick<IncomingMessage, 'headers' | 'socket'>) => string {
  // Random once and counted on: unique among processes, and nobody has to be unable to guess it.
  const process = randomBytes(9).toString('base64url');
  let count = 0;
  const fresh = (): string => `${process}-${(count += 1).toString(36)}`;
  if (trustedProxies.length === 0) return fresh;
  const proxies = addressesOf(trustedProxies);
  return ({ headers, socket }) => {
    const given = headers['x-request-id'];
    const { remoteAddress = '' } = socket;
    if (typeof given !== 'string' || !SENSIBLE.test(given) || isIP(remoteAddress) === 0) return fresh();
    return proxies.check(remoteAddress, isIP(remoteAddress) === 6 ? 'ipv6' : 'ipv4') ? given : fresh();
  };
}
