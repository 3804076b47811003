/** HTTPS to the proxy under its public names, wherever those may lead: connections go to loopback. With cookies. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

const PORT = process.env.HTTPS_PORT ?? '443';
const agent = new Agent({
  ca: readFileSync(process.env.PROBE_CA),
  keepAlive: true,
  maxSockets: 64,
  lookup: (_name, { all }, done) =>
    all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
});

export const address = (host) => `https://${host}.localhost${PORT === '443' ? '' : `:${PORT}`}`;

const encoded = (form) => (form === undefined ? undefined : new URLSearchParams(form).toString());

/** One request; rejects when no answer comes. Redirects are told, not followed. */
export function send(url, { method = 'GET', form, headers = {}, cookies } = {}) {
  const body = encoded(form);
  const stored = cookies?.header(url);
  const sent = {
    ...headers,
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
    ...(stored ? { cookie: stored } : {}),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: body === undefined ? method : 'POST', headers: sent, agent, timeout: 15_000 },
      (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.once('error', reject);
        answer.once('end', () => {
          cookies?.keep(url, answer.headers['set-cookie'] ?? []);
          resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() });
        });
      },
    );
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer within 15 s')));
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Cookies by host, as much as the sign-in needs. */
export class Cookies {
  #kept = new Map();

  keep(url, lines) {
    const { hostname } = new URL(url);
    const held = this.#kept.get(hostname) ?? new Map();
    for (const line of lines) {
      const [pair, ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const gone = attributes.some((one) => /^\s*max-age=0\s*$/i.test(one));
      if (gone) held.delete(pair.slice(0, at));
      else held.set(pair.slice(0, at), pair.slice(at + 1));
    }
    this.#kept.set(hostname, held);
  }

  header(url) {
    return [...(this.#kept.get(new URL(url).hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

const unescaped = (text) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

/** The first form of a page: where it goes, and its hidden fields. */
export function formOf(page, url) {
  const action = /<form[^>]*\baction="([^"]*)"/.exec(page)?.[1];
  if (action === undefined) throw new Error(`no form on the page of ${url}: ${page.slice(0, 300)}`);
  const fields = {};
  for (const [, tag] of page.matchAll(/<input([^>]*\btype="hidden"[^>]*)>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) fields[name] = unescaped(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '');
  }
  return { action: new URL(unescaped(action), url).href, fields };
}
