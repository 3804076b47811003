import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';
import { VirtualAuthenticator } from '../support/virtual-authenticator.js';
import type { VirtualCredential } from '../support/virtual-authenticator.js';

const LOCALHOST_NAMES = new URL('../support/localhost-names.mjs', import.meta.url).href;
const SIGN_IN = 'button:has-text("Sign in with a passkey")';

/** http, since browsers take localhost and the names below it for secure; the issuer's whole host is the passkeys' scope. */
describe.each(['localhost', 'op.localhost'])('an issuer at %s', (host) => {
  describeWithBrowser('passkeys in Chromium, with its virtual authenticator', () => {
    let tandem: RunningTandem;
    let browser: Browser;
    let complaints: string[];
    const contexts: BrowserContext[] = [];

    beforeAll(async () => {
      const port = await freePort();
      const declared = demoConfiguration(`http://rp.localhost:${port}`);
      tandem = await startTandem({
        config: `${declared}\nlogin: { methods: [password, passkey] }\npasskeys: { per_user: 20 }\n`,
        hosts: { issuer: host, sampleClient: 'rp.localhost' },
        ports: { 'sample-client': port },
        env: { NODE_OPTIONS: `--import=${LOCALHOST_NAMES}` },
      });
      browser = await launchChromium();
    }, 90_000);
    afterAll(async () => {
      await browser?.close();
      await tandem?.stop();
    }, 60_000);
    beforeEach(() => {
      complaints = [];
    });
    afterEach(async () => {
      expect(complaints).toEqual([]);
      await Promise.all(contexts.splice(0).map((context) => context.close()));
    });

    /** A page of a new browser profile; one without `conditional` is a browser that offers no passkeys by itself. */
    async function newPage({ javaScriptEnabled = true, conditional = true } = {}): Promise<Page> {
      const context = await browser.newContext({ javaScriptEnabled });
      contexts.push(context);
      if (!conditional)
        await context.addInitScript('delete globalThis.PublicKeyCredential?.isConditionalMediationAvailable');
      context.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) complaints.push(message.text());
      });
      return context.newPage();
    }

    async function withPassword(page: Page): Promise<void> {
      await page.fill('#username', 'alice@example.com');
      await page.fill('#password', 'wonderland-42');
      await page.click('button.primary');
    }

    /** Adds a passkey on the account page, and tells what the authenticator holds then. */
    async function enrol(page: Page, name: string): Promise<readonly VirtualCredential[]> {
      const authenticator = await VirtualAuthenticator.of(page);
      await page.goto(`${tandem.issuer}account`);
      await withPassword(page);
      await page.click('button:has-text("Add a passkey")');
      await page.fill('#passkey-name', name);
      await page.click('button:has-text("Create the passkey")');
      await page.waitForSelector('.notice:has-text("The passkey was added.")');
      await page.waitForSelector(`h3:has-text("${name}")`);
      return authenticator.credentials();
    }

    async function begin(page: Page): Promise<void> {
      await page.goto(tandem.sampleClientUrl);
      await page.check('input[value="code id_token"]');
      await page.check('input[value="form_post"]');
      await page.click('button:has-text("Login")');
    }

    async function toLogin(page: Page): Promise<void> {
      await begin(page);
      await page.waitForURL('**/login?**');
    }

    /** Goes on from the login page to the client's greeting. */
    async function arrive(page: Page): Promise<void> {
      await page.waitForURL(/consent|welcome/);
      if (page.url().includes('/consent')) await page.click('button:has-text("Allow")');
      await page.waitForURL('**/welcome');
    }

    /** What the client's page shows of both ID tokens, after it has exchanged the code. */
    async function idTokens(page: Page): Promise<readonly Readonly<Record<string, unknown>>[]> {
      await page.click('button:has-text("Exchange the code")');
      await page.waitForURL('**/flow');
      const texts = await page.locator('details:has(summary:has-text("ID token")) pre').allTextContents();
      // The header, then the claims.
      return texts.map((text) => JSON.parse(text.slice(text.indexOf('\n{'))) as Readonly<Record<string, unknown>>);
    }

    const PHISHING_RESISTANT = { acr: 'phr', amr: ['pop', 'user', 'mfa'] };

    it('accepts a passkey by the button, in another browser that has it, for a complete hybrid sign-in', async () => {
      const credentials = await enrol(await newPage(), 'Laptop');
      const page = await newPage({ conditional: false });
      await VirtualAuthenticator.of(page, credentials);
      await toLogin(page);
      await page.click(SIGN_IN);
      await arrive(page);
      expect(await page.textContent('h1')).toBe('Hello, Alice Example');
      const tokens = await idTokens(page);
      expect(tokens).toHaveLength(2);
      for (const token of tokens) expect(token).toMatchObject(PHISHING_RESISTANT);
    });

    it('accepts the passkey that the browser itself offers in the username field', async () => {
      const credentials = await enrol(await newPage(), 'Laptop');
      const page = await newPage();
      await VirtualAuthenticator.of(page, credentials);
      // Chromium's virtual authenticator chooses for its user, so there is nothing to click, and the login page is soon gone.
      await begin(page);
      await arrive(page);
      for (const token of await idTokens(page)) expect(token).toMatchObject(PHISHING_RESISTANT);
    });

    // What follows depends on no host.
    if (host !== 'localhost') return;

    it('shows that nothing was used after a cancellation, and goes on with the passkey or the password', async () => {
      const credentials = await enrol(await newPage(), 'Laptop');
      for (const goOn of [(page: Page) => page.click(SIGN_IN), withPassword]) {
        const page = await newPage({ conditional: false });
        const authenticator = await VirtualAuthenticator.of(page, credentials);
        await authenticator.verifies(false);
        await toLogin(page);
        await page.click(SIGN_IN);
        await page.waitForSelector('.notice:has-text("No passkey was used.")');
        await authenticator.verifies(true);
        await goOn(page);
        await arrive(page);
      }
    });

    it('shows that nothing was used where there is no passkey, and accepts the password', async () => {
      const page = await newPage();
      await VirtualAuthenticator.of(page);
      await toLogin(page);
      expect(await page.isHidden('.notice:has-text("No passkey was used.")')).toBe(true);
      await page.click(SIGN_IN);
      await page.waitForSelector('.notice:has-text("No passkey was used.")');
      await withPassword(page);
      await arrive(page);
      for (const token of await idTokens(page)) expect(token).toMatchObject({ amr: ['pwd'] });
    });

    it('refuses a passkey that was removed on the account page', async () => {
      const owner = await newPage();
      const credentials = await enrol(owner, 'Lost phone');
      await owner.click('button[aria-label="Remove Lost phone"]');
      await owner.waitForSelector('.notice:has-text("The passkey was removed.")');
      const page = await newPage({ conditional: false });
      await VirtualAuthenticator.of(page, credentials);
      await toLogin(page);
      await page.click(SIGN_IN);
      await page.waitForSelector('.problem:has-text("could not be used here")');
      await withPassword(page);
      await arrive(page);
    });

    it('refuses an answer of the browser that is sent a second time', async () => {
      const credentials = await enrol(await newPage(), 'Laptop');
      const page = await newPage({ conditional: false });
      await VirtualAuthenticator.of(page, credentials);
      await toLogin(page);
      const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/login'));
      await page.click(SIGN_IN);
      const data = (await sent).postData() ?? '';
      await page.waitForURL(/consent|welcome/);
      const cookies = await page.context().cookies(tandem.issuer);
      const again = await fetch(`${tandem.issuer}login`, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
        },
        body: data,
      });
      expect(again.status).not.toBe(303);
      expect(await again.text()).toMatch(/used already|has expired/);
    });

    it('says that a device has a passkey of the user already, and without JavaScript that passkeys need it', async () => {
      const owner = await newPage();
      await enrol(owner, 'Laptop');
      await owner.click('button:has-text("Add a passkey")');
      await owner.click('button:has-text("Create the passkey")');
      await owner.waitForSelector('.notice:has-text("has a passkey of yours already")');
      const page = await newPage({ javaScriptEnabled: false });
      await toLogin(page);
      await page.waitForSelector('.hint:has-text("Passkeys need JavaScript")');
      expect(await page.isHidden(SIGN_IN)).toBe(true);
      await withPassword(page);
      await page.waitForURL(/consent|authorize/);
      if (page.url().includes('/consent')) await page.click('button:has-text("Allow")');
      // Nothing sends itself here, the response to the client neither.
      await page.click('button:has-text("Continue")');
      await page.waitForURL('**/welcome');
    });
  });
});
