import { generateKeyPairSync } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeWithBrowser, launchChromium } from '../../support/chromium.js';
import { BehindTls } from './behind-tls.js';

const SECRET = 'a-client-secret_with-signs-that-are-form-encoded-0001';
const API = 'https://api.servers.example/';
const APPS = ['auth0-server-js', 'node-auth0'] as const;

/** Auth0's SDKs for servers, unmodified, as processes of their own: nothing but the domain is ours. */
describeWithBrowser('Auth0 on servers', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  let system: BehindTls;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    const jwk = { ...publicKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' };
    [system, browser] = await Promise.all([
      BehindTls.start({
        apps: APPS,
        config: (ports) => configuration(ports, jwk),
        env: {
          CLIENT_SECRET: SECRET,
          PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
          API,
        },
      }),
      launchChromium(),
    ]);
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

  const addressOf = (app: (typeof APPS)[number]): string => `http://localhost:${system.ports[APPS.indexOf(app)]}`;

  /** What the application answers when its user is back. */
  async function signIn(app: (typeof APPS)[number]): Promise<unknown> {
    await page.goto(`${addressOf(app)}/login`);
    await page.fill('#username', 'alice@example.com');
    await page.fill('#password', 'wonderland-42');
    await page.click('button:has-text("Sign in")');
    await page.click('button:has-text("Allow")');
    await page.waitForURL(`${addressOf(app)}/callback?**`);
    return JSON.parse((await page.textContent('body')) ?? '');
  }

  it('accepts auth0-server-js, refreshes, and logs out', async () => {
    expect(await signIn('auth0-server-js')).toMatchObject({
      appState: { wanted: '/notes' },
      user: { name: 'Alice Example', email: 'alice@example.com' },
      accessTokens: 1,
      rotated: true,
    });
    await page.goto(`${addressOf('auth0-server-js')}/logout`);
    if (page.url().includes('/oidc/logout')) await page.click('button:has-text("Yes, sign me out")');
    await page.waitForURL(`${addressOf('auth0-server-js')}/`);
    await page.goto(`${addressOf('auth0-server-js')}/login`);
    expect(page.url()).toContain('/login?interaction=');
  });

  it('accepts node-auth0 with a private key: code, userinfo, refresh, revocation and its own token', async () => {
    expect(await signIn('node-auth0')).toMatchObject({
      user: { name: 'Alice Example', email: 'alice@example.com' },
      hasIdToken: true,
      refusal: { error: 'invalid_grant', statusCode: 400 },
      ownScope: 'read:reports',
    });
  });
});

const configuration = ([serverJs, node]: readonly number[], jwk: object): object => ({
  apis: [{ identifier: API, scopes: { 'read:reports': 'Read reports' } }],
  clients: [
    {
      client_id: 'server-js',
      client_secret: SECRET,
      token_endpoint_auth_method: 'client_secret_post',
      redirect_uris: [`http://localhost:${serverJs}/callback`],
      post_logout_redirect_uris: [`http://localhost:${serverJs}`],
    },
    {
      client_id: 'node-auth0',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [jwk] },
      redirect_uris: [`http://localhost:${node}/callback`],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      audiences: [API],
    },
  ],
  users: [
    {
      email: 'alice@example.com',
      password: 'wonderland-42',
      email_verified: true,
      claims: { name: 'Alice Example', given_name: 'Alice', family_name: 'Example' },
    },
  ],
});
