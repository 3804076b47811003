import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeWithBrowser, launchChromium } from '../../support/chromium.js';
import { API, SinglePageSystem } from './single-page-system.js';

type Parameters = Readonly<Record<string, unknown>>;

/** As much of auth0-spa-js as the tests call; the page holds the real one. */
interface Auth0Client {
  loginWithRedirect(options?: Parameters): Promise<void>;
  loginWithPopup(options?: Parameters): Promise<void>;
  handleRedirectCallback(): Promise<{ readonly appState?: unknown }>;
  getTokenSilently(options?: Parameters): Promise<string>;
  getUser(): Promise<Parameters | undefined>;
  logout(options?: Parameters): Promise<void>;
}
declare const window: {
  readonly auth0: {
    Auth0Client: new (options: Parameters) => Auth0Client;
  };
  client: Auth0Client;
  done: Promise<void>;
  heard: unknown[];
};

/** The SDK that Auth0 publishes for single-page applications: nothing but the domain is ours. */
describeWithBrowser('auth0-spa-js in Chromium', () => {
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

  /** Opens the application, or loads it again: then its memory is empty. */
  async function open(options: Parameters = {}, at = `${system.origin}/`): Promise<void> {
    if (page.url() !== at) await page.goto(at);
    await page.evaluate(
      (given) => {
        window.client = new window.auth0.Auth0Client(given);
      },
      {
        domain: system.domain,
        clientId: 'single-page',
        authorizationParams: { redirect_uri: system.origin },
        authorizeTimeoutInSeconds: 20,
        ...options,
      },
    );
  }

  async function signInOn(provider: Page): Promise<void> {
    await provider.fill('#username', 'alice@example.com');
    await provider.fill('#password', 'wonderland-42');
    await provider.click('button:has-text("Sign in")');
  }

  async function signIn(options: Parameters = {}): Promise<void> {
    await open(options);
    await page.evaluate(() => void window.client.loginWithRedirect({ appState: { wanted: '/notes' } }));
    await page.waitForURL('**/login?**');
    await signInOn(page);
    await page.waitForURL(/consent|\?code=/);
    if (page.url().includes('/consent')) await page.click('button:has-text("Allow")');
    await page.waitForURL(`${system.origin}/?code=**`);
    await open(options, page.url());
    const { appState } = await page.evaluate(() => window.client.handleRedirectCallback());
    expect(appState).toEqual({ wanted: '/notes' });
  }

  const user = (): Promise<Parameters | undefined> => page.evaluate(() => window.client.getUser());
  const tokenSilently = (options: Parameters = {}): Promise<string> =>
    page.evaluate((given) => window.client.getTokenSilently(given), options);

  it('accepts a login by redirect, and tokens without a page in a reloaded application', async () => {
    await signIn();
    expect(await user()).toMatchObject({ name: 'Alice Example', email: 'alice@example.com' });
    await page.goto('about:blank');
    await open();
    expect(await user()).toBeUndefined();
    const silent = page.waitForRequest((request) => request.url().includes('response_mode=web_message'));
    const token = await tokenSilently();
    expect((await silent).frame().parentFrame()).toBe(page.mainFrame());
    expect(await user()).toMatchObject({ name: 'Alice Example' });
    const userinfo = await page.evaluate(
      async ([domain, bearer]) =>
        (await fetch(`https://${domain}/userinfo`, { headers: { authorization: `Bearer ${bearer}` } })).json(),
      [system.domain, token] as const,
    );
    expect(userinfo).toMatchObject({ email: 'alice@example.com' });
  });

  it('tells login_required to a frame when nobody is signed in', async () => {
    await open();
    await expect(tokenSilently()).rejects.toThrow(/Login required|must sign in|login_required/i);
  });

  it('tells consent_required to a frame when the user has not allowed the scopes', async () => {
    await signIn();
    const options = { authorizationParams: { audience: API, scope: 'write:notes' }, cacheMode: 'off' };
    await expect(tokenSilently(options)).rejects.toThrow(/must allow|consent/i);
  });

  it('accepts a login in a pop-up window', async () => {
    await open();
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate(() => {
        window.done = window.client.loginWithPopup();
      }),
    ]);
    await popup.waitForURL('**/login?**');
    await signInOn(popup);
    // The consent page comes unless another test has allowed it already.
    const allowed = popup.click('button:has-text("Allow")').catch(() => undefined);
    await page.evaluate(() => window.done);
    await allowed;
    expect(popup.isClosed()).toBe(true);
    expect(await user()).toMatchObject({ name: 'Alice Example' });
  });

  it('rotates refresh tokens, for an API and its scopes', async () => {
    const authorizationParams = { redirect_uri: system.origin, audience: API, scope: 'openid profile read:notes' };
    const sent: string[] = [];
    context.on('request', (request) => {
      const body = request.postData() ?? '';
      const refreshToken =
        /refresh_token=(rt_[\w-]+)/.exec(body)?.[1] ?? /"refresh_token":"(rt_[\w-]+)"/.exec(body)?.[1];
      if (request.url().endsWith('/oauth/token') && refreshToken !== undefined) sent.push(refreshToken);
    });
    await signIn({ useRefreshTokens: true, cacheLocation: 'localstorage', authorizationParams });
    const tokens = [
      await tokenSilently(),
      await tokenSilently({ cacheMode: 'off' }),
      await tokenSilently({ cacheMode: 'off' }),
    ];
    expect(new Set(tokens).size).toBe(3);
    expect(new Set(sent).size).toBe(2);
    const claims = JSON.parse(
      Buffer.from((tokens[2] as string).split('.')[1] as string, 'base64url').toString(),
    ) as Parameters;
    expect(claims).toMatchObject({ iss: `https://${system.domain}/`, azp: 'single-page' });
    expect([claims['aud']].flat()).toContain(API);
    expect(String(claims['scope']).split(' ')).toEqual(expect.arrayContaining(['openid', 'profile', 'read:notes']));
  });

  it('rotates refresh tokens that a worker keeps in memory', async () => {
    await signIn({ useRefreshTokens: true });
    const first = await tokenSilently({ cacheMode: 'off' });
    expect(await tokenSilently({ cacheMode: 'off' })).not.toBe(first);
  });

  it('ends the session at /v2/logout and comes back', async () => {
    await signIn();
    await page.evaluate((returnTo) => void window.client.logout({ logoutParams: { returnTo } }), system.origin);
    await page.waitForURL(`${system.origin}/`);
    await open();
    await expect(tokenSilently()).rejects.toThrow(/Login required|must sign in|login_required/i);
  });

  describe('answers by web_message', () => {
    const request = (clientId: string): string =>
      `https://${system.domain}/authorize?${new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        response_mode: 'web_message',
        redirect_uri: system.origin,
        scope: 'openid',
        prompt: 'none',
        state: 'the-state',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      }).toString()}`;

    /** Opens the request in a frame or a window of a page, and lists what the page has heard when it is there. */
    async function listen(origin: string, clientId: string, place: 'frame' | 'window'): Promise<readonly unknown[]> {
      await page.goto(`${origin}/listening`);
      const complaint = page.context().waitForEvent('console', {
        predicate: (message) => /frame-ancestors|target origin provided|X-Frame-Options/.test(message.text()),
        timeout: 20_000,
      });
      complaint.catch(() => undefined);
      const heard = page.evaluate(
        ([address, where]) =>
          new Promise((resolve) => {
            window.heard = [];
            addEventListener('message', (event: MessageEvent) => {
              window.heard.push([event.origin, event.data]);
              resolve(undefined);
            });
            if (where === 'window') return void globalThis.open(address);
            const frame = document.createElement('iframe');
            frame.src = address;
            document.body.append(frame);
          }),
        [request(clientId), place] as const,
      );
      await Promise.race([heard, complaint]);
      return page.evaluate(() => window.heard);
    }

    it.each(['frame', 'window'] as const)('to the registered origin, in a %s', async (place) => {
      await signIn();
      expect(await listen(system.origin, 'single-page', place)).toEqual([
        [
          `https://${system.domain}`,
          {
            type: 'authorization_response',
            response: expect.objectContaining({
              state: 'the-state',
              code: expect.any(String),
              iss: `https://${system.domain}/`,
            }),
          },
        ],
      ]);
    });

    it.each(['frame', 'window'] as const)('to nobody else who has it in a %s', async (place) => {
      await signIn();
      expect(await listen(system.foreignOrigin, 'single-page', place)).toEqual([]);
    });

    it('to no page of a client that has not registered its origin', async () => {
      await signIn();
      expect(await listen(system.origin, 'without-origin', 'frame')).toEqual([]);
      const answer = await page.goto(request('without-origin'));
      expect(answer?.status()).toBe(400);
      expect(await page.textContent('main')).toContain('web_origins');
    });
  });
});
