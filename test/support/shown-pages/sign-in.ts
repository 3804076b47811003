import { randomUUID } from 'node:crypto';
import { VirtualAuthenticator } from '../virtual-authenticator.js';
import { ask, askAs, enter, send, through } from './steps.js';
import type { ShownPage } from './steps.js';

const WRONG_CODE = '000000';

/** The sign-in page, for each way to sign in and what may go wrong there. */
export const SIGN_IN: readonly ShownPage[] = [
  { name: 'login', open: (page, system) => askAs(page, system, 'shop') },
  { name: 'login-long-name', open: (page, system) => askAs(page, system, 'archive') },
  { name: 'login-every-way', open: ask },
  {
    name: 'login-refused',
    open: async (page, system) => {
      await askAs(page, system, 'shop');
      await enter(page, 'alice@example.com', 'wrong');
      await page.waitForSelector('#problem');
    },
  },
  {
    name: 'login-too-weak',
    open: async (page, system) => {
      await askAs(page, system, 'vault');
      await enter(page, await system.newPerson());
      await page.waitForSelector('#problem');
    },
  },
  {
    name: 'login-passkey-cancelled',
    open: async (page, system) => {
      await VirtualAuthenticator.of(page);
      await askAs(page, system, 'vault');
      await send(page, '#passkey button', '[data-note="cancelled"]:not([hidden])');
    },
  },
  { name: 'login-email-code', open: (page, system) => askAs(page, system, 'notes') },
  {
    name: 'login-email-code-sent',
    open: async (page, system) => {
      await askAs(page, system, 'notes');
      await page.fill('#email-code-username', 'alice@example.com');
      await send(page, 'button.primary', '#code');
    },
  },
  {
    name: 'login-email-code-refused',
    open: async (page, system) => {
      await askAs(page, system, 'notes');
      await page.fill('#email-code-username', 'stranger@example.com');
      await send(page, 'button.primary', '#code');
      await page.fill('#code', WRONG_CODE);
      await send(page, 'button.primary', '#problem');
    },
  },
  { name: 'login-directory', open: (page, system) => askAs(page, system, 'intranet') },
  {
    name: 'login-directory-refused',
    open: async (page, system) => {
      await askAs(page, system, 'intranet');
      await page.fill('#ldap-username', 'erin');
      await page.fill('#ldap-password', 'wrong');
      await send(page, 'button.primary', '#problem');
    },
  },
  {
    name: 'login-folded-refused',
    open: async (page, system) => {
      await ask(page, system);
      await page.click('summary:has-text("Directory")');
      await page.fill('#ldap-username', 'erin');
      await page.fill('#ldap-password', 'wrong');
      await send(page, 'details[open] button', '#problem');
    },
  },
  {
    name: 'login-provider-away',
    open: async (page, system) => {
      await ask(page, system);
      await send(page, '#connection-away', '#problem');
    },
  },
  {
    name: 'login-provider-unknown-user',
    open: async (page, system) => {
      await ask(page, system);
      await through(page, system, 'closed', randomUUID(), {});
      await page.waitForSelector('#problem');
    },
  },
  {
    name: 'login-link-by-proof',
    open: async (page, system) => {
      const email = await system.newPerson();
      await ask(page, system);
      await through(page, system, 'company', randomUUID(), { email, email_verified: true });
      await page.waitForSelector('.notice strong');
    },
  },
  {
    name: 'passkey-offer',
    open: async (page, system) => {
      await page.context().clearCookies();
      await ask(page, system);
      await enter(page, await system.newPerson());
      await page.waitForURL('**/login/passkey?**');
    },
  },
];
