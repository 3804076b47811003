import { hasControl } from './sensible-text.js';

/** Query names that a response sets: a registered URI must not bring its own (mix-up by a doubled parameter). */
const RESPONSE_PARAMETERS = [
  'code',
  'state',
  'error',
  'error_description',
  'iss',
  'id_token',
  'access_token',
  'token_type',
  'session_state',
  'response',
];

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
const SCRIPT_SCHEMES = ['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:'];

/** Names and addresses of this very machine (RFC 6761 §6.3). */
export const isLoopbackHost = (hostname: string): boolean =>
  LOOPBACK_HOSTS.includes(hostname) || hostname.endsWith('.localhost');

/** Why a URL can't be registered as a place to send responses to, or undefined when it can. The shapes of RFC 8252 §7. */
export function whyNotRedirectUri(text: string, applicationType: 'web' | 'native'): string | undefined {
  if (text.length > 2_000) return 'is longer than 2000 characters';
  if (hasControl(text) || /\s/.test(text)) return 'holds white space or a control character';
  if (text.includes('\\')) return 'holds a backslash';
  if (text.includes('#')) return 'has a fragment';
  if (text.includes('*')) return 'holds a wildcard';
  if (/[^\x21-\x7E]/.test(text)) return 'holds a character outside ASCII: write the host in punycode';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'is not an absolute URL';
  }
  return (
    whyNotScheme(url, applicationType) ??
    whyNotAuthority(text, url) ??
    whyNotPath(text, url) ??
    whyNotSpelling(text, url)
  );
}

function whyNotScheme(url: URL, applicationType: 'web' | 'native'): string | undefined {
  if (url.protocol === 'https:') return undefined;
  if (SCRIPT_SCHEMES.includes(url.protocol)) return 'has a scheme that is not allowed';
  if (url.protocol === 'http:') {
    return isLoopbackHost(url.hostname) ? undefined : 'uses http for a host that is not this machine';
  }
  if (applicationType === 'native' && url.protocol.includes('.')) return undefined;
  return 'has a scheme that is not allowed: https, or a reverse-domain scheme for native applications';
}

function whyNotAuthority(text: string, url: URL): string | undefined {
  if (url.username !== '' || url.password !== '') return 'names a user';
  if (!/^https?:/i.test(text)) return undefined;
  if (url.hostname === '') return 'has no host';
  const host = /^https?:\/\/([^/?]*)/.exec(text)?.[1];
  if (host === undefined || host === '') return 'is not written as scheme://host';
  if (host !== host.toLowerCase()) return 'has upper-case letters in the host';
  if (host !== url.host && host !== `${url.hostname}:${url.protocol === 'https:' ? '443' : '80'}`)
    return 'has a host in an unusual spelling';
  return undefined;
}

/** What a parser would write differently, two parsers may understand differently. A bare origin and its default port are fine. */
function whyNotSpelling(text: string, { href, protocol, hostname }: URL): string | undefined {
  const withoutPort = text.replace(
    `${protocol}//${hostname}:${protocol === 'https:' ? '443' : '80'}`,
    `${protocol}//${hostname}`,
  );
  const spellings = [text, withoutPort].flatMap((spelling) => [spelling, `${spelling}/`]);
  return spellings.includes(href) ? undefined : 'is spelled in an unusual way';
}

function whyNotPath(text: string, url: URL): string | undefined {
  const path = text.replace(/^[a-z][a-z0-9+.-]*:\/*[^/?]*/i, '').split('?')[0] ?? '';
  if (path.split('/').some((segment) => /^(\.|%2e){1,2}(;|$)/i.test(segment))) return 'has a dot segment in its path';
  const doubled = [...url.searchParams.keys()].find((name) => RESPONSE_PARAMETERS.includes(name));
  return doubled === undefined ? undefined : 'has a query parameter that a response sets';
}

/**
 * Whether a requested redirect_uri is the registered one: equal strings, nothing else (RFC 9700 §2.1). The one exception
 * is RFC 8252 §7.3: a native client's loopback address may come with another port.
 */
export function isRegisteredRedirectUri(
  requested: string,
  registered: readonly string[],
  applicationType: 'web' | 'native',
): boolean {
  if (registered.includes(requested)) return true;
  if (applicationType !== 'native') return false;
  const withoutPort = (uri: string): string | undefined => {
    const match = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(\/[\x21-\x7E]*)?$/.exec(uri);
    return match === null ? undefined : `${match[1]}${match[2] ?? ''}`;
  };
  const wanted = withoutPort(requested);
  return wanted !== undefined && registered.some((uri) => withoutPort(uri) === wanted);
}
