import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';
import { codeIn, linkIn } from '../support/mail-catcher.js';
import { MANY_MAILS, startTandemWithMail, type TandemWithMail } from '../support/tandem-with-mail.js';

const LOCALHOST_NAMES = new URL('../support/localhost-names.mjs', import.meta.url).href;

/** Where screenshots for the documentation go, when they are wanted. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

describeWithBrowser('codes and links by mail in Chromium, through a whole hybrid sign-in', () => {
  let system: TandemWithMail;
  let browser: Browser;
  let context: BrowserContext;
  let complaints: string[];

  beforeAll(async () => {
    [system, browser] = await Promise.all([
      startTandemWithMail({
        extra: MANY_MAILS,
        apps: ['auth-server', 'resource-api', 'sample-client'],
        hosts: { issuer: 'op.localhost', sampleClient: 'rp.localhost' },
        env: { NODE_OPTIONS: `--import=${LOCALHOST_NAMES}` },
      }),
      launchChromium(),
    ]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  }, 60_000);
  beforeEach(async () => {
    context = await browser.newContext();
    complaints = [];
    context.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await context?.close();
    expect(complaints).toEqual([]);
  });

  const shoot = async (page: Page, name: string): Promise<void> => {
    if (SCREENSHOTS !== undefined) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true });
  };

  /** Begins at the sample client, `code id_token` by form_post. Returns the address of the authorization request. */
  async function begin(page: Page): Promise<string> {
    await page.goto(system.tandem.sampleClientUrl);
    await page.check('input[value="code id_token"]');
    await page.check('input[value="form_post"]');
    const request = page.waitForRequest('**/authorize?**');
    await page.click('button:has-text("Login")');
    await page.waitForURL('**/login?**');
    return (await request).url();
  }
  /** Consent, back at the client, and the exchange there. */
  async function finish(page: Page, greeting: string): Promise<void> {
    await page.waitForURL(/consent|welcome/);
    if (page.url().includes('/consent')) await page.click('button:has-text("Allow")');
    await page.waitForURL('**/welcome');
    expect(await page.textContent('h1')).toBe(greeting);
    await page.click('button:has-text("Exchange the code")');
    await page.waitForURL('**/flow');
    expect(await page.locator('.bad').count()).toBe(0);
  }

  it('accepts an e-mail code', async () => {
    const page = await context.newPage();
    await begin(page);
    await shoot(page, 'login-with-code');
    await page.click('summary:has-text("code by e-mail")');
    await page.fill('#email-code-username', 'alice@example.com');
    await page.click('button:has-text("Send me a code")');
    await page.fill('#code', codeIn(await system.mailbox.next('alice@example.com')));
    await shoot(page, 'email-code');
    await page.click('button:has-text("Sign in")');
    await finish(page, 'Hello, Alice Example');
  });

  it('accepts a sign-up that prompt=create begins and a code ends', async () => {
    const page = await context.newPage();
    await page.goto(`${await begin(page)}&prompt=create`);
    expect(new URL(page.url()).pathname).toBe('/sign-up');
    await shoot(page, 'sign-up');
    await page.fill('#email', 'carol@example.com');
    await page.fill('#name', 'Carol Code');
    await page.fill('#password', 'seven quiet herons');
    await page.click('button:has-text("Continue")');
    await page.fill('#code', codeIn(await system.mailbox.next('carol@example.com')));
    await shoot(page, 'sign-up-code');
    await page.click('button:has-text("Continue")');
    await finish(page, 'Hello, Carol Code');
  });

  it('accepts a sign-up by the link, in a second tab', async () => {
    const page = await context.newPage();
    await begin(page);
    await page.click('a:has-text("Create an account")');
    await page.fill('#email', 'dave@example.com');
    await page.fill('#name', 'Dave Link');
    await page.fill('#password', 'eight quiet herons');
    await page.click('button:has-text("Continue")');
    const tab = await context.newPage();
    await tab.goto(linkIn(await system.mailbox.next('dave@example.com')));
    await shoot(tab, 'sign-up-confirm');
    await tab.click('button:has-text("Confirm and create")');
    await finish(tab, 'Hello, Dave Link');
  });

  it('accepts a new password by the link of a reset mail, and goes on with the sign-in', async () => {
    const page = await context.newPage();
    await begin(page);
    await page.click('a:has-text("Forgot password?")');
    await shoot(page, 'password-reset');
    await page.fill('#email', 'bob@example.com');
    await page.click('button:has-text("Send me a link")');
    await page.goto(linkIn(await system.mailbox.next('bob@example.com')));
    await shoot(page, 'new-password');
    await page.fill('#password', 'nine quiet herons');
    await page.click('button:has-text("Set the new password")');
    await page.click('a:has-text("Sign in")');
    await page.fill('#username', 'bob@example.com');
    await page.fill('#password', 'nine quiet herons');
    await page.click('button:has-text("Sign in")');
    await finish(page, 'Hello, Bob Example');
    await page.goto(`${system.tandem.issuer}account`);
    await shoot(page, 'account-details');
    await page.goto(`${system.tandem.issuer}mailbox`);
    expect(await page.locator('.entry a').count()).toBeGreaterThan(0);
    await shoot(page, 'mailbox');
  });
});
