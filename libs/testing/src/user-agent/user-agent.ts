import type { LookupFunction } from 'node:net';
import { lookup } from 'node:dns';
import { Agent, request } from 'undici';
import { allowsFormAction } from './content-security-policy.js';
import { Cookies, type SameSiteContext } from './cookies.js';
import { type Form, filledIn } from './form.js';
import { type Navigation, Page } from './page.js';
import { relationOf, sameSite } from './site.js';

const LONGEST_CHAIN = 20;

/** Browsers know by themselves that every localhost name is this machine (RFC 6761 §6.3). */
const lookupLikeBrowsers: LookupFunction = (hostname, options, done) => {
  if (!/(^|\.)localhost$/.test(hostname)) return lookup(hostname, options, done as never);
  const address = { address: '127.0.0.1', family: 4 };
  return options.all === true ? done(null, [address]) : done(null, address.address, address.family);
};

export interface UserAgentOptions {
  /** Sent with every request, such as `accept-language`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A browser without a screen: cookies with SameSite, redirects one by one, forms, and the headers by which servers tell
 * navigations apart. It runs no scripts, but obeys the page's content security policy where it would have mattered.
 */
export class UserAgent {
  readonly cookies = new Cookies();
  private readonly connections = new Agent({ connect: { lookup: lookupLikeBrowsers }, keepAliveTimeout: 1_000 });

  constructor(private readonly options: UserAgentOptions = {}) {}

  /** Opens an address as if it was typed, or as if a link on the page `from` was clicked. Follows no redirect. */
  get(url: string | URL, { from }: { readonly from?: Page } = {}): Promise<Page> {
    const target = new URL(url);
    return this.navigate({
      method: 'GET',
      way: [target],
      ...(from && { initiator: from.url, silent: isSilent(from.headers) }),
    });
  }

  /**
   * Fills in a form and submits it. Follows no redirect.
   *
   * @throws when the form lacks a field, or its page's policy forbids its target.
   */
  submit(form: Form, values: Readonly<Record<string, string>> = {}): Promise<Page> {
    refuseForbidden(form.page, form.action);
    const fields = new URLSearchParams(filledIn(form, values).map(([name, value]): [string, string] => [name, value]));
    const origin = { initiator: form.page.url, form: form.page, silent: isSilent(form.page.headers) };
    if (form.method === 'POST')
      return this.navigate({ method: 'POST', body: fields.toString(), way: [form.action], ...origin });
    const target = new URL(form.action);
    target.search = fields.toString();
    return this.navigate({ method: 'GET', way: [target], ...origin });
  }

  /** Goes where a redirect leads, one step. */
  followOnce(page: Page): Promise<Page> {
    const { location, status, navigation } = page;
    if (location === undefined) throw new Error(`${page.describe()} is no redirect: ${page.text.slice(0, 300)}`);
    if (navigation.form !== undefined) refuseForbidden(navigation.form, location);
    const { body, ...rest } = navigation;
    const way = [...navigation.way, location];
    // RFC 9110 §15.4: only 307 and 308 repeat the request as it was.
    const repeats = status === 307 || status === 308;
    return this.navigate(
      repeats ? { ...rest, ...(body !== undefined && { body }), way } : { ...rest, method: 'GET', way },
    );
  }

  /** Follows redirects to the first page that is none, or to the redirect whose target `stopBefore` accepts. */
  async follow(page: Page, stopBefore: (target: URL) => boolean = () => false): Promise<Page> {
    let current = page;
    for (let step = 0; step < LONGEST_CHAIN; step += 1) {
      if (current.location === undefined || stopBefore(current.location)) return current;
      current = await this.followOnce(current);
    }
    throw new Error(`more than ${LONGEST_CHAIN} redirects, the last to ${current.location?.href}`);
  }

  /** Opens an address and follows. */
  async open(url: string | URL, stopBefore?: (target: URL) => boolean): Promise<Page> {
    return this.follow(await this.get(url), stopBefore);
  }

  async close(): Promise<void> {
    await this.connections.close();
  }

  private async navigate(navigation: Navigation): Promise<Page> {
    const { method, body, way } = navigation;
    const url = way.at(-1) as URL;
    const cookie = await this.cookies.header(url, sameSiteContext(navigation));
    const answer = await request(url, {
      method,
      ...(body !== undefined && { body }),
      headers: { ...navigationHeaders(navigation), ...(cookie !== '' && { cookie }), ...this.options.headers },
      dispatcher: this.connections,
    });
    const setCookies = [answer.headers['set-cookie'] ?? []].flat();
    await this.cookies.store(url, setCookies);
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers))
      for (const one of [value ?? []].flat()) headers.append(name, one);
    return new Page(url, answer.statusCode, headers, await answer.body.text(), navigation);
  }
}

function refuseForbidden({ url, headers }: { readonly url: URL; readonly headers: Headers }, target: URL): void {
  if (!allowsFormAction(headers, url, target))
    throw new Error(
      `the content security policy of ${url.href} forbids its form to reach ${target.origin} (form-action)`,
    );
}

const isSilent = (headers: Headers): boolean => headers.get('referrer-policy') === 'no-referrer';

/** Strict cookies need a same-site initiator, Lax ones at least a top-level GET (RFC 6265bis §5.2). */
function sameSiteContext({ initiator, method, way }: Navigation): SameSiteContext {
  if (initiator === undefined || sameSite(initiator, way.at(-1) as URL)) return 'strict';
  return method === 'GET' ? 'lax' : 'none';
}

function navigationHeaders({ method, initiator, way, silent }: Navigation): Record<string, string> {
  return {
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'accept-language': 'en',
    'user-agent': 'Mozilla/5.0 (Tandem user agent)',
    'upgrade-insecure-requests': '1',
    'sec-fetch-site': relationOf(initiator, way),
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-fetch-user': '?1',
    ...(initiator !== undefined && silent !== true && { referer: `${initiator.origin}/` }),
    ...(method === 'POST' && {
      'content-type': 'application/x-www-form-urlencoded',
      origin: originHeader(initiator, way, silent),
    }),
  };
}

/** `null` where the page wants to stay unknown, and once a post was redirected to another origin (Fetch §3.1). */
function originHeader(initiator: URL | undefined, way: readonly URL[], silent = false): string {
  const tainted = way.slice(0, -1).some((url) => url.origin !== initiator?.origin);
  return initiator === undefined || silent || tainted ? 'null' : initiator.origin;
}
