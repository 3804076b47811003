import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import type { Browser } from 'playwright-core';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';

describeWithBrowser('session management and logouts in Chromium', () => {
  let tandem: RunningTandem;
  let browser: Browser;
  beforeAll(async () => {
    [tandem, browser] = await Promise.all([startTandem(), launchChromium()]);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await tandem?.stop();
  }, 60_000);

  it('tells unchanged while signed in and changed after the sign-out elsewhere, and ends the client’s session by the back channel', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(tandem.sampleClientUrl);
    await page.click('button:has-text("Login")');
    await page.fill('#username', 'alice@example.com');
    await page.fill('#password', 'wonderland-42');
    await page.click('button:has-text("Sign in")');
    await page.click('button:has-text("Allow")');
    await page.waitForURL('**/welcome');
    const watch = await context.newPage();
    await watch.goto(`${tandem.sampleClientUrl}/session`);
    await watch.waitForSelector('#answer:text-is("unchanged")');
    // Signed out on the provider's own page, so that the client hears of it by its front and back channel only.
    const account = await context.newPage();
    await account.goto(`${tandem.issuer}oidc/logout`);
    await account.click('button:has-text("Yes, sign me out")');
    await account.waitForSelector('h1:has-text("You are signed out")');
    await watch.waitForSelector('#answer:text-is("changed")');
    await page.goto(`${tandem.sampleClientUrl}/flow`);
    expect(new URL(page.url()).pathname).toBe('/');
    await context.close();
  });
});
