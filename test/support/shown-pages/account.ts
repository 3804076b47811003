import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { VirtualAuthenticator } from '../virtual-authenticator.js';
import { PASSWORD } from './shown-system.js';
import type { ShownSystem } from './shown-system.js';
import { ask, askAs, enter, send, setUpApp, through, toAccount, withApp } from './steps.js';
import type { ShownPage } from './steps.js';

/** Allows the demo's application and the shop what they ask: the applications themselves do not run. */
async function allowSome(page: Page, system: ShownSystem): Promise<void> {
  for (const place of [`${system.tandem.sampleClientUrl}/**`, 'https://shop.example/callback**'])
    await page.route(place, (route) => route.fulfill({ body: '' }));
  await ask(page, system, { response_mode: 'fragment', prompt: 'consent' });
  await page.click('button[value="accept"]');
  await page.waitForURL(`${system.tandem.sampleClientUrl}/**`, { waitUntil: 'commit' });
  await askAs(page, system, 'shop');
  await page.click('button[value="accept"]');
  await page.waitForURL('https://shop.example/**', { waitUntil: 'commit' });
}

async function addPasskey(page: Page, name: string): Promise<void> {
  await send(page, 'form[action="/account/add-passkey"] button', '#passkey-name');
  await page.fill('#passkey-name', name);
  await send(page, '#passkey button', 'form[action="/account/rename-passkey"]');
}

/** Somebody who has everything that there is to be had, under a long name. */
async function toFullAccount(page: Page, system: ShownSystem): Promise<void> {
  const email = await system.newPerson('Maximiliane Freifrau von Wolkenstein-Trostburg');
  const agents = ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', null];
  for (const agent of agents)
    await system.sql(
      `INSERT INTO sessions (sid, cookie_hash, user_id, auth_time, acr, amr, user_agent, expires_at)
       SELECT gen_random_uuid(), sha256($2::bytea), user_id, now(), '', '{pwd}', $3, now() + interval '1 hour'
         FROM users WHERE email_key = $1`,
      [email, randomUUID(), agent],
    );
  await VirtualAuthenticator.of(page);
  await toAccount(page, system, email);
  await addPasskey(page, 'Work laptop');
  await send(page, '#second-factor-set-up button', '#key');
  await setUpApp(page);
  await page.goto(`${system.tandem.issuer}account`);
  await connect(page, system, `${randomUUID()} there`);
  await allowSome(page, system);
  await page.goto(`${system.tandem.issuer}account`);
}

async function connect(page: Page, { provider }: ShownSystem, sub: string): Promise<void> {
  provider.behaviour = { sub };
  await send(page, '#connect-company button', '#continue');
  await page.click('#continue');
}

/** Somebody whose only way to sign in is another provider, and whose address nobody has confirmed. */
async function toForeignAccount(page: Page, system: ShownSystem): Promise<void> {
  await page.goto(`${system.tandem.issuer}account`);
  await through(page, system, 'university', randomUUID(), { email: 'emil@university.example', name: 'Emil Elsewhere' });
  await page.waitForURL('**/account');
}

/** The user's own page: as it is, in the middle of each change, and what it says of changes. */
export const ACCOUNT: readonly ShownPage[] = [
  {
    name: 'account',
    open: async (page, system) => {
      await toAccount(page, system);
      await allowSome(page, system);
      await page.goto(`${system.tandem.issuer}account`);
    },
  },
  { name: 'account-full', open: toFullAccount },
  { name: 'account-from-elsewhere', open: toForeignAccount },
  {
    name: 'account-last-way',
    open: async (page, system) => {
      await toForeignAccount(page, system);
      await send(page, 'form[action="/account/disconnect-identity"] button', '#problem');
    },
  },
  {
    name: 'account-refused',
    open: async (page, system) => {
      await toAccount(page, system);
      await page.fill('#current-password', 'no idea');
      await page.fill('#new-password', 'seven quiet herons');
      await send(page, '#password-form button', '#problem');
    },
  },
  {
    name: 'account-saved',
    open: async (page, system) => {
      await toAccount(page, system);
      await page.fill('#current-password', PASSWORD);
      await page.fill('#new-password', 'seven quiet herons');
      await send(page, '#password-form button', '.notice');
    },
  },
  {
    name: 'account-email-code',
    open: async (page, system) => {
      await toAccount(page, system);
      await page.fill('#new-email', `dora-${randomUUID().slice(0, 8)}@elsewhere.example`);
      await send(page, '#email-change-form button', '#code');
    },
  },
  {
    name: 'account-email-code-refused',
    open: async (page, system) => {
      await toAccount(page, system);
      await page.fill('#new-email', `dora-${randomUUID().slice(0, 8)}@elsewhere.example`);
      await send(page, '#email-change-form button', '#code');
      await page.fill('#code', '000000');
      await send(page, '#email-confirm-form button', '#problem');
    },
  },
  {
    name: 'account-new-passkey',
    open: async (page, system) => {
      await toAccount(page, system);
      await send(page, 'form[action="/account/add-passkey"] button', '#passkey-name');
    },
  },
  {
    name: 'account-new-passkey-cancelled',
    open: async (page, system) => {
      const authenticator = await VirtualAuthenticator.of(page);
      await authenticator.verifies(false);
      await toAccount(page, system);
      await send(page, 'form[action="/account/add-passkey"] button', '#passkey-name');
      await send(page, '#passkey button', '[data-note="cancelled"]:not([hidden])');
    },
  },
  {
    name: 'account-second-factor-set-up',
    open: async (page, system) => {
      await toAccount(page, system);
      await send(page, '#second-factor-set-up button', '#key');
    },
  },
  { name: 'account-recovery-codes', open: async (page, system) => void (await withApp(page, system)) },
  {
    name: 'account-connect',
    open: async (page, system) => {
      await toAccount(page, system);
      await send(page, '#connect-company button', '#continue');
    },
  },
  {
    name: 'account-connection-taken',
    open: async (page, system) => {
      const sub = randomUUID();
      await page.goto(`${system.tandem.issuer}account`);
      await through(page, system, 'company', sub, { email: `${sub}@company.example`, email_verified: true });
      await page.waitForURL('**/account');
      await page.goto(`${system.tandem.issuer}account/switch`);
      await page.click('button[value="another"]');
      await enter(page, await system.newPerson());
      await page.waitForURL('**/account');
      await connect(page, system, sub);
      await page.waitForSelector('.problem');
    },
  },
];
