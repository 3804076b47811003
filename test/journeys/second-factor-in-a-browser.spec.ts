import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Authenticator } from '../support/authenticator.js';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';

const LOCALHOST_NAMES = new URL('../support/localhost-names.mjs', import.meta.url).href;

/** Where screenshots go, when they are wanted. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

describeWithBrowser('a second factor in Chromium', () => {
  let tandem: RunningTandem;
  let browser: Browser;
  let context: BrowserContext;
  let complaints: string[];
  let app: Authenticator;
  let recoveryCodes: readonly string[];

  beforeAll(async () => {
    [tandem, browser] = await Promise.all([
      startTandem({
        hosts: { issuer: 'op.localhost', sampleClient: 'rp.localhost' },
        env: { NODE_OPTIONS: `--import=${LOCALHOST_NAMES}` },
      }),
      launchChromium(),
    ]);
    const page = await (await browser.newContext()).newPage();
    await enrol(page);
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
    if (SCREENSHOTS === undefined) return;
    for (const [scheme, width] of [
      ['light', 1_000],
      ['dark', 360],
    ] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${SCREENSHOTS}/${name}-${scheme}.png`, fullPage: true });
    }
  };

  async function password(page: Page): Promise<void> {
    await page.waitForURL('**/login?**');
    await page.fill('#username', 'alice@example.com');
    await page.fill('#password', 'wonderland-42');
    await page.click('button:has-text("Sign in")');
  }

  async function enrol(page: Page): Promise<void> {
    await page.goto(`${tandem.issuer}account`);
    await password(page);
    await page.waitForURL('**/account');
    await shoot(page, 'account-second-factor-off');
    await page.click('#second-factor-set-up button');
    app = new Authenticator((await page.textContent('#key')) ?? '');
    expect((await page.locator('.picture svg').boundingBox())?.width).toBeGreaterThan(150);
    await shoot(page, 'account-second-factor-set-up');
    await page.fill('#first-code', app.code());
    await page.click('#second-factor-confirm button');
    await page.waitForSelector('.codes');
    await shoot(page, 'account-recovery-codes');
    recoveryCodes = await page.locator('.recovery').allTextContents();
    expect(recoveryCodes).toHaveLength(10);
    await page.click('a[href="/account"]');
    await page.waitForSelector('#second-factor-change');
    await shoot(page, 'account-second-factor-on');
  }

  async function signIn(page: Page, second: (page: Page) => Promise<void>): Promise<void> {
    await page.goto(tandem.sampleClientUrl);
    await page.check('input[value="code id_token"]');
    await page.check('input[value="form_post"]');
    await page.check('input[value="secret"]');
    await page.click('button:has-text("Login")');
    await password(page);
    await page.waitForURL('**/login/second-factor?**');
    await second(page);
    await page.waitForURL(/consent|welcome/);
    if (page.url().includes('/consent')) await page.click('button:has-text("Allow")');
    await page.waitForURL('**/welcome');
    await page.click('button:has-text("Exchange the code")');
    await page.waitForURL('**/flow');
  }

  /** What every ID token that the client's page shows says of the sign-in. */
  const signInsTold = async (page: Page): Promise<readonly string[]> => {
    const texts = await page.locator('pre').allTextContents();
    const idTokens = texts.map((text) => text.replaceAll(/\s/g, '')).filter((text) => text.includes('"nonce":'));
    return idTokens.map((text) => /"acr":"[^"]*","amr":\[[^\]]*\]/.exec(text)?.[0] ?? text);
  };
  const STRONG = '"acr":"urn:tandem:acr:multi-factor","amr":["pwd","otp","mfa"]';

  it('accepts a code of the app in a hybrid sign-in, and tells it in both ID tokens', async () => {
    const page = await context.newPage();
    await signIn(page, async () => {
      await shoot(page, 'second-factor');
      await page.fill('#totp-code', app.wrongCode());
      await page.click('#totp button');
      await page.waitForSelector('.problem');
      await shoot(page, 'second-factor-refused');
      await page.fill('#totp-code', app.code());
      await page.click('#totp button');
    });
    expect(await signInsTold(page)).toEqual([STRONG, STRONG]);
    expect(complaints).toEqual([]);
  });

  it('accepts a recovery code where the phone is not at hand, once', async () => {
    const page = await context.newPage();
    const [code] = recoveryCodes as [string];
    await signIn(page, async () => {
      await page.click('summary');
      await page.fill('#recovery', code);
      await page.click('#recovery-code button');
    });
    expect(await signInsTold(page)).toEqual([STRONG, STRONG]);
    await context.clearCookies();
    await page.goto(`${tandem.issuer}account`);
    await password(page);
    await page.click('summary');
    await page.fill('#recovery', code);
    await page.click('#recovery-code button');
    await page.waitForSelector('.problem');
    expect(await page.textContent('.problem')).toContain('used before');
  });
});
