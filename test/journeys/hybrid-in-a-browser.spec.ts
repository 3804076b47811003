import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';

const LOCALHOST_NAMES = new URL('../support/localhost-names.mjs', import.meta.url).href;

/** Where screenshots for the documentation go, when they are wanted. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

describeWithBrowser('hybrid flow in Chromium, provider and client on two sites', () => {
  let tandem: RunningTandem;
  let browser: Browser;
  let context: BrowserContext;
  let complaints: string[];

  beforeAll(async () => {
    [tandem, browser] = await Promise.all([
      startTandem({
        hosts: { issuer: 'op.localhost', sampleClient: 'rp.localhost' },
        env: { NODE_OPTIONS: `--import=${LOCALHOST_NAMES}` },
      }),
      launchChromium(),
    ]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await tandem?.stop();
  }, 60_000);
  beforeEach(async () => {
    context = await browser.newContext();
    complaints = [];
    context.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
  });
  afterEach(() => context?.close());

  const shoot = async (page: Page, name: string): Promise<void> => {
    if (SCREENSHOTS !== undefined) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  };

  async function signIn(page: Page, responseType: string, responseMode: string, credential = 'secret'): Promise<void> {
    await page.goto(tandem.sampleClientUrl);
    await page.check(`input[value="${responseType}"]`);
    await page.check(`input[value="${responseMode}"]`);
    await page.check(`input[value="${credential}"]`);
    await page.click('button:has-text("Login")');
    await page.waitForURL('**/login?**');
    await shoot(page, 'login');
    await page.fill('#username', 'alice@example.com');
    await page.fill('#password', 'wonderland-42');
    await page.click('button:has-text("Sign in")');
    await page.waitForURL(/consent|welcome/);
    if (page.url().includes('/consent')) {
      await shoot(page, 'consent');
      await page.click('button:has-text("Allow")');
    }
    await page.waitForURL('**/welcome');
  }

  const cases = ['code id_token', 'code token', 'code id_token token'].flatMap((type) =>
    ['form_post', 'fragment'].map((mode) => [type, mode] as const),
  );

  it.each(cases)('accepts %s by %s, exchanges the code and calls the API', async (responseType, responseMode) => {
    const page = await context.newPage();
    await signIn(page, responseType, responseMode);
    expect(await page.textContent('h1')).toMatch(greetingFor(responseType, responseMode));
    await page.click('button:has-text("Exchange the code")');
    await page.waitForURL('**/flow');
    await shoot(page, 'flow');
    expect(await page.locator('.bad').count()).toBe(0);
    expect(await page.locator('.steps > li.open').count()).toBe(0);
    expect(await page.locator('.hash').count()).toBe(
      { 'code id_token': 1, 'code token': 0, 'code id_token token': 2 }[responseType],
    );
    expect(await page.locator('li:nth-child(10) summary').allTextContents()).toEqual(['HTTP 200', 'NATS 200']);
    expect(complaints).toEqual([]);
  });

  it('accepts a private key JWT, refreshes, and shows a revoked token refused over HTTP and NATS', async () => {
    const page = await context.newPage();
    await signIn(page, 'code id_token', 'form_post', 'private-key');
    await page.click('button:has-text("Exchange the code")');
    await page.waitForURL('**/flow');
    await page.click('button:has-text("Refresh")');
    await expectNote(page, 'Refreshed');
    await page.click('button:has-text("Revoke")');
    await expectNote(page, 'Revoked');
    // The API hears of it within a second: it is asked again until it has.
    let answers: string[] = [];
    for (let attempt = 0; attempt < 20 && answers.at(-1) !== 'NATS 401'; attempt += 1) {
      await page.click('button:has-text("Call the API")');
      answers = await page.locator('li:nth-child(10) summary').allTextContents();
    }
    expect(answers.slice(-2)).toEqual(['HTTP 401', 'NATS 401']);
  });

  it('shows the sign-in again after a logout at the provider, and ends the client’s session', async () => {
    const page = await context.newPage();
    await signIn(page, 'code id_token', 'form_post');
    await page.goto(`${tandem.sampleClientUrl}/flow`);
    await page.click('button:has-text("Log out")');
    await page.waitForURL(`${tandem.sampleClientUrl}/**`);
    await page.goto(`${tandem.sampleClientUrl}/flow`);
    expect(new URL(page.url()).pathname).toBe('/');
    await page.click('button:has-text("Login")');
    await page.waitForURL('**/login?**');
  });

  it('shows what an application may do, and takes one scope back', async () => {
    const page = await context.newPage();
    await signIn(page, 'code id_token', 'form_post');
    await page.click('button:has-text("Exchange the code")');
    await page.waitForURL('**/flow');
    const account = await context.newPage();
    await account.goto(`${tandem.issuer}account`);
    await shoot(account, 'account');
    await account.click('button[aria-label="Withdraw: Place orders for you"]');
    await account.waitForURL('**/account');
    expect(await account.locator('text=Place orders for you').count()).toBe(0);
    await page.click('button:has-text("Refresh")');
    await expectNote(page, 'Refreshed');
    const claims = await page.locator('details:has-text("Second access token") pre').textContent();
    expect(claims).toContain('read:orders');
    expect(claims).not.toContain('write:orders');
  });

  /** Names stay out of fragments; without an ID token nobody is known before the exchange. */
  const greetingFor = (responseType: string, responseMode: string): RegExp => {
    if (!responseType.includes('id_token')) return /^You are back$/;
    return responseMode === 'form_post' ? /^Hello, Alice Example$/ : /^Hello, usr_/;
  };

  const expectNote = async (page: Page, text: string): Promise<void> => {
    await page.waitForSelector(`.note:has-text("${text}")`);
  };
});
