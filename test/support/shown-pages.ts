import type { RunningTandem } from '@tandem/testing';
import type { Page } from 'playwright-core';
import { DemoClient } from './demo-client.js';

/** A page of the provider and the way to it in a browser that has nothing yet. */
export interface ShownPage {
  readonly name: string;
  open(page: Page, tandem: RunningTandem): Promise<void>;
}

const ALICE = ['alice@example.com', 'wonderland-42'] as const;
const BOB = ['bob@example.com', 'builder-4242'] as const;

const request = (tandem: RunningTandem, more: Readonly<Record<string, string>> = {}): string => {
  const scope = 'openid profile email offline_access read:orders write:orders';
  return new DemoClient(tandem).authorizationUrl({ scope, ...more }).href;
};

async function enter(page: Page, [username, password]: readonly [string, string]): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#password', password);
  await page.click('form:has(#password) button[type="submit"]');
}

async function signIn(page: Page, tandem: RunningTandem): Promise<void> {
  await page.goto(`${tandem.issuer}account`);
  await enter(page, ALICE);
  await page.waitForURL('**/account');
}

async function signInBoth(page: Page, tandem: RunningTandem): Promise<void> {
  await signIn(page, tandem);
  await page.goto(`${tandem.issuer}account/switch`);
  await page.click('button[value="another"]');
  await enter(page, BOB);
  await page.waitForURL('**/account');
}

/** Every page that people see, in the order in which they meet them. Whoever adds a page adds it here. */
export const SHOWN_PAGES: readonly ShownPage[] = [
  { name: 'login', open: async (page, tandem) => void (await page.goto(request(tandem))) },
  {
    name: 'login-refused',
    open: async (page, tandem) => {
      await page.goto(request(tandem));
      await enter(page, ['alice@example.com', 'wrong']);
      await page.waitForSelector('#problem');
    },
  },
  {
    name: 'consent',
    open: async (page, tandem) => {
      await page.goto(request(tandem, { prompt: 'consent' }));
      await enter(page, ALICE);
      await page.waitForURL('**/consent?**');
    },
  },
  {
    name: 'select-account',
    open: async (page, tandem) => {
      await signInBoth(page, tandem);
      await page.goto(request(tandem, { prompt: 'select_account' }));
    },
  },
  {
    name: 'account',
    open: async (page, tandem) => {
      await page.goto(request(tandem, { response_mode: 'fragment', prompt: 'consent' }));
      await enter(page, ALICE);
      // The application itself does not run: what it was sent is enough to be listed.
      await page.route(`${tandem.sampleClientUrl}/**`, (route) => route.fulfill({ body: '' }));
      await page.click('button[value="accept"]');
      await page.waitForURL(`${tandem.sampleClientUrl}/**`);
      await page.goto(`${tandem.issuer}account`);
    },
  },
  {
    name: 'logout',
    open: async (page, tandem) => {
      await signInBoth(page, tandem);
      await page.goto(`${tandem.issuer}oidc/logout`);
    },
  },
  {
    name: 'signed-out',
    open: async (page, tandem) => {
      await signInBoth(page, tandem);
      await page.goto(`${tandem.issuer}oidc/logout`);
      await page.click('button[value="yes"]');
      await page.waitForURL('**/oidc/logout');
    },
  },
  {
    name: 'error',
    open: async (page, tandem) => void (await page.goto(request(tandem, { redirect_uri: 'https://evil.example/' }))),
  },
  { name: 'not-found', open: async (page, tandem) => void (await page.goto(`${tandem.issuer}nothing-here`)) },
];
