import { Cookie, CookieJar } from 'tough-cookie';

export type SameSiteContext = 'strict' | 'lax' | 'none';

/** Cookies as Chromium keeps them: on localhost names `Secure` ones may come over http. */
export class Cookies {
  private jar = newJar();

  async store(url: URL, headers: readonly string[]): Promise<void> {
    for (const header of headers) {
      const cookie = Cookie.parse(header);
      if (cookie === undefined) continue;
      // RFC 6265bis §5.5: no SameSite means Lax, and None is only for Secure cookies.
      cookie.sameSite ??= 'lax';
      if (cookie.sameSite === 'none' && !cookie.secure) continue;
      await this.jar.setCookie(cookie, url.href, { ignoreError: true });
    }
  }

  /** The Cookie header for a request, empty when there is nothing to send. */
  header(url: URL, sameSiteContext: SameSiteContext): Promise<string> {
    return this.jar.getCookieString(url.href, { sameSiteContext });
  }

  /** The cookies that a same-site request to `url` would carry. */
  async at(url: string | URL): Promise<readonly Cookie[]> {
    return this.jar.getCookies(String(url));
  }

  async value(url: string | URL, name: string): Promise<string | undefined> {
    return (await this.at(url)).find(({ key }) => key === name)?.value;
  }

  /** As somebody would who puts a stolen or forged cookie into the browser. */
  async plant(url: string | URL, header: string): Promise<void> {
    await this.jar.setCookie(header, String(url));
  }

  forgetAll(): void {
    this.jar = newJar();
  }
}

const newJar = (): CookieJar =>
  new CookieJar(undefined, { prefixSecurity: 'silent', allowSpecialUseDomain: true, rejectPublicSuffixes: false });
