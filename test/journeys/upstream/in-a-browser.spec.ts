import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { stringify } from 'yaml';
import { describeWithBrowser, launchChromium } from '../../support/chromium.js';

const LOCALHOST_NAMES = new URL('../../support/localhost-names.mjs', import.meta.url).href;
const SCREENSHOTS = process.env['SCREENSHOTS'];
const SECRET = 'a-secret-between-two-providers-0001';
const CLIENT = { client_id: 'tandem', client_secret: SECRET };

describeWithBrowser('a hybrid sign-in through other providers, in Chromium', () => {
  let other: RunningTandem;
  let university: ChildProcess;
  let tandem: RunningTandem;
  let browser: Browser;
  let context: BrowserContext;
  let complaints: string[];
  let home: string;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tandem-upstream-'));
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(home, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const env = { NODE_OPTIONS: `--import=${LOCALHOST_NAMES}` };
    const [port, clientPort, universityPort] = [await freePort(), await freePort(), await freePort()];
    const callback = `http://op.localhost:${port}/login/callback`;
    const universityUrl = `http://university.localhost:${universityPort}`;
    other = await startTandem({
      apps: ['auth-server'],
      env,
      hosts: { issuer: 'other.localhost' },
      config: {
        clients: [
          {
            client_id: 'tandem',
            client_name: 'The first Tandem',
            token_endpoint_auth_method: 'private_key_jwt',
            token_endpoint_auth_signing_alg: 'ES256',
            jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'between-us', alg: 'ES256', use: 'sig' }] },
            redirect_uris: [callback],
            skip_consent: true,
          },
        ],
        users: [
          {
            email: 'dora@company.example',
            password: 'explorer-42',
            email_verified: true,
            claims: { name: 'Dora Company', given_name: 'Dora' },
          },
        ],
      },
    });
    university = spawn(process.execPath, [join(import.meta.dirname, 'oidc-provider.mjs')], {
      env: {
        PATH: process.env['PATH'],
        ISSUER: universityUrl,
        PORT: String(universityPort),
        CLIENT_ID: 'tandem',
        CLIENT_SECRET: SECRET,
        REDIRECT_URI: callback,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [, started] = await Promise.all([once(university.stdout as NodeJS.ReadableStream, 'data'), launchChromium()]);
    browser = started;
    const login = {
      methods: ['password', 'upstream'],
      connections: [
        {
          client_id: 'tandem',
          name: 'company',
          display_name: 'Company',
          issuer: other.issuer,
          token_endpoint_auth_method: 'private_key_jwt',
          private_key_file: join(home, 'key.pem'),
          key_id: 'between-us',
          trust_email_verified: true,
        },
        {
          ...CLIENT,
          name: 'university',
          display_name: 'University',
          issuer: universityUrl,
          token_endpoint_auth_method: 'client_secret_post',
          trust_email_verified: true,
        },
      ],
    };
    tandem = await startTandem({
      env,
      hosts: { issuer: 'op.localhost', sampleClient: 'rp.localhost' },
      ports: { 'auth-server': port, 'sample-client': clientPort },
      config: `${demoConfiguration(`http://rp.localhost:${clientPort}`)}\n${stringify({ login })}`,
    });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    university?.kill();
    await Promise.all([tandem?.stop(), other?.stop()]);
    rmSync(home, { recursive: true, force: true });
  }, 60_000);
  beforeEach(async () => {
    context = await browser.newContext();
    complaints = [];
    context.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await context?.close();
  });

  const shoot = async (page: Page, name: string): Promise<void> => {
    if (SCREENSHOTS !== undefined) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  };

  async function begin(page: Page, responseMode: string): Promise<void> {
    await page.goto(tandem.sampleClientUrl);
    await page.check('input[value="code id_token"]');
    await page.check(`input[value="${responseMode}"]`);
    await page.click('button:has-text("Login")');
    await page.waitForURL('**/login?**');
    await shoot(page, 'login-upstream');
  }

  async function allow(page: Page): Promise<void> {
    await page.waitForURL(/consent|welcome/);
    if (page.url().includes('/consent')) await page.click('button:has-text("Allow")');
    await page.waitForURL('**/welcome');
  }

  async function exchange(page: Page): Promise<void> {
    await page.click('button:has-text("Exchange the code")');
    await page.waitForURL('**/flow');
    expect(await page.locator('.bad').count()).toBe(0);
    expect(await page.locator('.steps > li.open').count()).toBe(0);
  }

  async function atTheCompany(page: Page): Promise<void> {
    await page.click('a:has-text("Continue with Company")');
    await page.waitForURL('http://other.localhost:*/login**');
    await page.fill('#username', 'dora@company.example');
    await page.fill('#password', 'explorer-42');
    await page.click('button:has-text("Sign in")');
  }

  it('accepts another Tandem: code and ID token by form_post, tokens, and the API', async () => {
    const page = await context.newPage();
    await begin(page, 'form_post');
    await atTheCompany(page);
    await allow(page);
    expect(await page.textContent('h1')).toBe('Hello, Dora Company');
    await exchange(page);
    expect(await page.locator('li:nth-child(10) summary').allTextContents()).toEqual(['HTTP 200', 'NATS 200']);
  });

  it('accepts it again without consent and by the fragment, so that all redirects follow the form at the other provider', async () => {
    const page = await context.newPage();
    await begin(page, 'fragment');
    await atTheCompany(page);
    await allow(page);
    await exchange(page);
  });

  it('accepts oidc-provider, and the account page shows and connects', async () => {
    const page = await context.newPage();
    await begin(page, 'form_post');
    await page.click('a:has-text("Continue with University")');
    await page.waitForURL('http://university.localhost:*/interaction/**');
    await page.fill('input[name="login"]', 'emil');
    await page.fill('input[name="password"]', 'anything');
    await page.click('button[type="submit"]');
    await page.waitForURL('http://university.localhost:*/interaction/**');
    await page.click('button[type="submit"]');
    await allow(page);
    expect(await page.textContent('h1')).toBe('Hello, Student emil');
    await exchange(page);
    const account = await context.newPage();
    await account.goto(`${tandem.issuer}account`);
    expect(await account.locator('h3:has-text("University")').count()).toBe(1);
    await shoot(account, 'account-connections');
    await account.click('button:has-text("Connect Company")');
    await shoot(account, 'account-connect-onward');
    await account.click('a:has-text("Continue to Company")');
    await account.waitForURL('http://other.localhost:*/login**');
  });

  it('shows the page again when the user cancels at oidc-provider, and a password still does', async () => {
    const page = await context.newPage();
    await begin(page, 'form_post');
    await page.click('a:has-text("Continue with University")');
    await page.waitForURL('http://university.localhost:*/interaction/**');
    await page.click('a:has-text("Cancel")');
    await page.waitForURL('http://op.localhost:*/login/callback**');
    expect(await page.textContent('.problem')).toContain('did not finish');
    await shoot(page, 'login-upstream-cancelled');
    await page.fill('#username', 'alice@example.com');
    await page.fill('#password', 'wonderland-42');
    await page.click('button:has-text("Sign in")');
    await allow(page);
  });
});
