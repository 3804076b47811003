import { allowsFormAction, allowsInlineScript } from './content-security-policy.js';
import { type Form, readForm } from './form.js';
import { attribute, parseHtml, rawText, select, visibleText, type HtmlElement } from './html.js';

/** How a browser came to a page: what it needs to know to go on from a redirect. */
export interface Navigation {
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  /** The page that started it; none when somebody typed the address. */
  readonly initiator?: URL;
  /** Addresses asked on the way, redirects included; the last one is the page's own. */
  readonly way: readonly URL[];
  /** The page whose form started it. */
  readonly form?: { readonly url: URL; readonly headers: Headers };
  /** What the initiator's referrer policy lets others know about it. */
  readonly silent?: boolean;
}

/** One HTTP response, read as a browser reads it. */
export class Page {
  private readonly document;

  constructor(
    readonly url: URL,
    readonly status: number,
    readonly headers: Headers,
    readonly body: string,
    readonly navigation: Navigation,
  ) {
    this.document = parseHtml(body);
  }

  /** Where a redirect leads, undefined when this is none. A fragment is inherited (RFC 9110 §10.2.2). */
  get location(): URL | undefined {
    const value = this.headers.get('location');
    if (value === null || this.status < 300 || this.status > 399) return undefined;
    const target = new URL(value, this.url);
    if (target.hash === '') target.hash = this.url.hash;
    return target;
  }

  /** Parameters in the query of the redirect's target, else of the page's own address. */
  get query(): URLSearchParams {
    return (this.location ?? this.url).searchParams;
  }

  /** Parameters in the fragment of the redirect's target, else of the page's own address. */
  get fragment(): URLSearchParams {
    return new URLSearchParams((this.location ?? this.url).hash.slice(1));
  }

  /** What a person can read. */
  get text(): string {
    return visibleText(this.document);
  }

  get title(): string {
    return this.find('title').map((element) => rawText(element).trim())[0] ?? '';
  }

  /** @throws SyntaxError when it is none. */
  json<Value = unknown>(): Value {
    return JSON.parse(this.body) as Value;
  }

  find(selector: string): readonly HtmlElement[] {
    return select(this.document, selector);
  }

  /** @throws when the page has no such form. */
  form(selector = 'form'): Form {
    const [element] = this.find(selector);
    if (element === undefined)
      throw new Error(`${this.describe()} has no form "${selector}": ${this.text.slice(0, 300)}`);
    return readForm(element, this);
  }

  /** The address behind a link, by selector. */
  link(selector = 'a'): URL {
    const [element] = this.find(selector);
    const href = element && attribute(element, 'href');
    if (href === undefined) throw new Error(`${this.describe()} has no link "${selector}"`);
    return new URL(href, this.url);
  }

  /**
   * The form of a page that submits itself (OAuth 2.0 Form Post Response Mode).
   *
   * @throws when a browser would not submit it: no script, one that the page's own policy forbids, or a forbidden target.
   */
  autoSubmitForm(): Form {
    const scripts = this.find('script').filter((script) => rawText(script).trim() !== '');
    const onload = this.find('body').some((body) => attribute(body, 'onload')?.includes('submit'));
    const runs = scripts.some((script) =>
      allowsInlineScript(this.headers, rawText(script), attribute(script, 'nonce')),
    );
    if (!onload && scripts.length === 0)
      throw new Error(`${this.describe()} does not submit itself: ${this.text.slice(0, 300)}`);
    if (!onload && !runs) throw new Error(`${this.describe()} forbids its own script by its content security policy`);
    const form = this.form();
    if (!allowsFormAction(this.headers, this.url, form.action))
      throw new Error(`${this.describe()} forbids its form to go to ${form.action.origin}`);
    return form;
  }

  describe(): string {
    return `${this.navigation.method} ${this.url.origin}${this.url.pathname} (${this.status})`;
  }
}
