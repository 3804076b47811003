export type SiteRelation = 'none' | 'same-origin' | 'same-site' | 'cross-site';

const IP_ADDRESS = /^(?:\d+\.){3}\d+$|^\[/;

/** Scheme and registrable domain. Everything under `.localhost` is its own site, `localhost` itself is one for all ports. */
function siteOf({ protocol, hostname }: URL): string {
  const domain = IP_ADDRESS.test(hostname) ? hostname : hostname.split('.').slice(-2).join('.');
  return `${protocol}//${domain}`;
}

export const sameSite = (a: URL, b: URL): boolean => siteOf(a) === siteOf(b);

/** How a browser classes a request in Sec-Fetch-Site: by the farthest of all addresses on its way. */
export function relationOf(initiator: URL | undefined, way: readonly URL[]): SiteRelation {
  if (initiator === undefined) return 'none';
  if (way.every((url) => url.origin === initiator.origin)) return 'same-origin';
  return way.every((url) => sameSite(url, initiator)) ? 'same-site' : 'cross-site';
}
