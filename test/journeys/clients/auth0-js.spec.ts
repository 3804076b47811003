import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeWithBrowser, launchChromium } from '../../support/chromium.js';
import { SinglePageSystem } from './single-page-system.js';

type Parameters = Readonly<Record<string, unknown>>;
type Done<Result> = (error: Parameters | null, result: Result) => void;

interface AuthResult {
  readonly accessToken: string | null;
  readonly idToken: string | null;
  readonly idTokenPayload: Parameters;
  readonly expiresIn: number;
}
/** As much of auth0-js as the tests call; the page holds the real one. */
interface WebAuth {
  authorize(options?: Parameters): void;
  parseHash(done: Done<AuthResult>): void;
  checkSession(options: Parameters, done: Done<AuthResult>): void;
  logout(options: Parameters): void;
  readonly client: {
    userInfo(accessToken: string, done: Done<Parameters>): void;
    oauthToken(options: Parameters, done: Done<Parameters>): void;
  };
}
declare const window: {
  readonly auth0: { readonly WebAuth: new (options: Parameters) => WebAuth };
  webAuth: WebAuth;
};

/** Auth0's older SDK: implicit responses in the fragment, its own checks of ID tokens, JSON to the token endpoint. */
describeWithBrowser('auth0-js in Chromium', () => {
  let system: SinglePageSystem;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    [system, browser] = await Promise.all([SinglePageSystem.start(), launchChromium()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, 60_000);
  beforeEach(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    page = await context.newPage();
  });
  afterEach(() => context?.close());

  const address = (): string => `${system.origin}/auth0-js`;

  const makeClient = (options: Parameters): Promise<void> =>
    page.evaluate(
      (given) => {
        window.webAuth = new window.auth0.WebAuth(given);
      },
      {
        domain: system.domain,
        clientID: 'single-page',
        redirectUri: address(),
        scope: 'openid profile email',
        ...options,
      },
    );

  /** Comes back to the application with the response in its address. */
  async function signIn(options: Parameters): Promise<void> {
    await page.goto(address());
    await makeClient(options);
    await page.evaluate(() => window.webAuth.authorize());
    await page.waitForURL('**/login?**');
    await page.fill('#username', 'alice@example.com');
    await page.fill('#password', 'wonderland-42');
    await page.click('button:has-text("Sign in")');
    await page.waitForURL(/consent|auth0-js[?#]/);
    if (page.url().includes('/consent')) await page.click('button:has-text("Allow")');
    await page.waitForURL(/auth0-js[?#]/);
    await makeClient(options);
  }

  const parseHash = (): Promise<AuthResult> =>
    page.evaluate(
      () =>
        new Promise<AuthResult>((resolve, reject) => {
          window.webAuth.parseHash((error, result) =>
            error === null ? resolve(result) : reject(new Error(JSON.stringify(error))),
          );
        }),
    );

  const checkSession = (): Promise<AuthResult> =>
    page.evaluate(
      () =>
        new Promise<AuthResult>((resolve, reject) => {
          window.webAuth.checkSession({}, (error, result) =>
            error === null ? resolve(result) : reject(new Error(JSON.stringify(error))),
          );
        }),
    );

  it.each(['token id_token', 'id_token token'])('accepts %s in the fragment, and userinfo', async (responseType) => {
    await signIn({ responseType });
    const { idTokenPayload, accessToken, expiresIn } = await parseHash();
    expect(idTokenPayload).toMatchObject({ iss: `https://${system.domain}/`, aud: 'single-page' });
    expect(idTokenPayload).toHaveProperty('at_hash');
    expect(Number(expiresIn)).toBeGreaterThan(0);
    const userinfo = await page.evaluate(
      (token) =>
        new Promise<Parameters>((resolve, reject) => {
          window.webAuth.client.userInfo(token, (error, claims) =>
            error === null ? resolve(claims) : reject(new Error(JSON.stringify(error))),
          );
        }),
      accessToken as string,
    );
    expect(userinfo).toMatchObject({ sub: idTokenPayload['sub'], name: 'Alice Example', email: 'alice@example.com' });
  });

  it('accepts id_token alone, with the profile in it', async () => {
    await signIn({ responseType: 'id_token' });
    const { idTokenPayload, accessToken } = await parseHash();
    expect(accessToken).toBeNull();
    expect(idTokenPayload).toMatchObject({ name: 'Alice Example', email: 'alice@example.com' });
  });

  it('renews without a page by web_message, until the logout', async () => {
    await signIn({ responseType: 'token id_token' });
    const before = await parseHash();
    const renewed = await checkSession();
    expect(renewed.accessToken).not.toBe(before.accessToken);
    // A message is no address: nothing of it stays in histories and logs.
    expect(renewed.idTokenPayload).toMatchObject({ sub: before.idTokenPayload['sub'], name: 'Alice Example' });
    await page.evaluate((returnTo) => window.webAuth.logout({ returnTo }), system.origin);
    await page.waitForURL(`${system.origin}/`);
    await page.goto(address());
    await makeClient({ responseType: 'token id_token' });
    await expect(checkSession()).rejects.toThrow(/login_required/);
  });

  it('tells the error of a token request that came as JSON', async () => {
    await page.goto(address());
    await makeClient({ responseType: 'code' });
    const sent = page.waitForRequest(
      (request) => request.url().endsWith('/oauth/token') && request.method() === 'POST',
    );
    const error = await page.evaluate(
      () =>
        new Promise<Parameters | null>((resolve) => {
          window.webAuth.client.oauthToken(
            { grantType: 'authorization_code', code: 'ac_unknown', redirectUri: location.href, codeVerifier: 'x' },
            (problem) => resolve(problem),
          );
        }),
    );
    expect((await sent).headers()['content-type']).toContain('application/json');
    expect(error).toMatchObject({ code: 'invalid_grant', statusCode: 400, description: expect.any(String) as string });
  });
});
