/** Unescapes the few characters that our pages escape. */
const unescape = (text: string): string =>
  text.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '',
  );

const hiddenFields = (html: string): URLSearchParams =>
  new URLSearchParams(
    [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map((match): [string, string] => [
      unescape(match[1] ?? ''),
      unescape(match[2] ?? ''),
    ]),
  );

const actionOf = (html: string): string => unescape(/<form method="post" action="([^"]*)"/.exec(html)?.[1] ?? '');

const MAXIMUM_PAGES = 12;

/** As much of a browser as a sign-in needs: cookies, redirects, forms. It stops at the form that would post to the client. */
export class DemoBrowser {
  private readonly cookies = new Map<string, string>();
  private readonly visits: { readonly step: number; readonly text: string }[] = [];
  /** Every address it went to. */
  readonly addresses: string[] = [];
  sawLogin = false;
  sawPermissions = false;

  constructor(
    private readonly username: string,
    private readonly password: string,
  ) {}

  visitsOf(step: number): readonly string[] {
    return this.visits.filter((visit) => visit.step === step).map(({ text }) => text);
  }

  /** Follows the provider's pages to the end. Returns the fields that are posted to `redirectUri`. */
  async signIn(authorizationUrl: string, redirectUri: string): Promise<ReadonlyMap<string, string>> {
    let response = await this.request(authorizationUrl);
    for (let page = 0; page < MAXIMUM_PAGES; page += 1) {
      const location = response.headers.get('location');
      if (location !== null) {
        response = await this.request(new URL(location, response.url).href);
        continue;
      }
      const html = await response.text();
      const action = new URL(actionOf(html), response.url).href;
      const fields = hiddenFields(html);
      if (action === redirectUri) return new Map(fields);
      response = await this.answer(html, action, fields);
    }
    throw new Error('the provider never sent the browser back');
  }

  private async answer(html: string, action: string, fields: URLSearchParams): Promise<Response> {
    if (html.includes('name="password"')) {
      if (this.sawLogin) throw new Error('the provider did not accept the name and password');
      this.sawLogin = true;
      fields.set('username', this.username);
      fields.set('password', this.password);
      this.note(4, `the user signs in as ${this.username}`);
    } else if (html.includes('name="decision"')) {
      const words = [...html.matchAll(/<span>([^<]*)<\/span>/g)].map((match) => unescape(match[1] ?? ''));
      this.sawPermissions = words.length > 0;
      this.note(4, `the user allows: ${words.join(' · ')}`);
      fields.set('decision', 'accept');
    } else
      throw new Error(/<p class="problem"[^>]*>([^<]*)/.exec(html)?.[1] ?? 'the provider showed an unexpected page');
    return this.request(action, fields);
  }

  private async request(url: string, form?: URLSearchParams): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    this.addresses.push(url);
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (cookie.split(';', 1)[0] ?? '').split(/=(.*)/s);
      this.cookies.set(name, value);
    }
    this.note(3, `${form === undefined ? 'GET' : 'POST'} ${new URL(url).pathname} → ${response.status}`);
    return response;
  }

  private note(step: number, text: string): void {
    this.visits.push({ step, text });
  }
}
