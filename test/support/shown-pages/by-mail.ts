import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { linkIn } from '../mail-catcher.js';
import { ask, askAs, send } from './steps.js';
import type { ShownPage } from './steps.js';
import type { ShownSystem } from './shown-system.js';

async function signUp(page: Page, system: ShownSystem, password = 'seven quiet herons'): Promise<string> {
  const email = `new-${randomUUID().slice(0, 8)}@example.com`;
  await askAs(page, system, 'shop');
  await page.click('a[href*="/sign-up"]');
  await page.fill('#email', email);
  await page.fill('#name', 'Nora New');
  await page.fill('#password', password);
  await page.click('button.primary');
  return email;
}

/** The link of a sign-up, opened in a browser that did not begin it. */
async function toConfirmation(page: Page, system: ShownSystem): Promise<void> {
  const email = await signUp(page, system);
  const link = linkIn(await system.mailbox.next(email));
  await page.context().clearCookies();
  await page.goto(link);
}

async function askForReset(page: Page, system: ShownSystem): Promise<string> {
  const email = await system.newPerson();
  await askAs(page, system, 'shop');
  await page.click('a[href*="/password-reset"]');
  await page.fill('#email', email);
  await send(page, 'button.primary', '.notice');
  return email;
}

async function toNewPassword(page: Page, system: ShownSystem): Promise<void> {
  const email = await askForReset(page, system);
  await page.goto(linkIn(await system.mailbox.next(email)));
}

/** Accounts that people make themselves and forgotten passwords: what is typed, mailed, and opened from a mail. */
export const BY_MAIL: readonly ShownPage[] = [
  {
    name: 'sign-up',
    open: async (page, system) => {
      await askAs(page, system, 'shop');
      await page.click('a[href*="/sign-up"]');
      await page.waitForSelector('#name');
    },
  },
  {
    name: 'sign-up-refused',
    open: async (page, system) => {
      await signUp(page, system, 'qwerty123');
      await page.waitForSelector('#problem');
    },
  },
  {
    name: 'sign-up-without-password',
    open: async (page, system) => {
      await askAs(page, system, 'notes');
      await page.click('a[href*="/sign-up"]');
      await page.waitForSelector('#name');
    },
  },
  {
    name: 'sign-up-code',
    open: async (page, system) => {
      await signUp(page, system);
      await page.waitForSelector('#code');
    },
  },
  {
    name: 'sign-up-code-refused',
    open: async (page, system) => {
      await signUp(page, system);
      await page.fill('#code', '000000');
      await send(page, 'button.primary', '#problem');
    },
  },
  { name: 'sign-up-confirm', open: toConfirmation },
  {
    name: 'sign-up-confirm-refused',
    open: async (page, system) => {
      await toConfirmation(page, system);
      await page.fill('#password', 'not the one');
      await send(page, 'button.primary', '#problem');
    },
  },
  {
    name: 'sign-up-done',
    open: async (page, system) => {
      await toConfirmation(page, system);
      await page.fill('#password', 'seven quiet herons');
      await send(page, 'button.primary', 'a.button[href$="/account"]');
    },
  },
  {
    name: 'password-reset',
    open: async (page, system) => {
      await askAs(page, system, 'shop', { login_hint: 'alice@example.com' });
      await page.click('a[href*="/password-reset"]');
      await page.waitForSelector('#email');
    },
  },
  {
    name: 'password-reset-refused',
    open: async (page, system) => {
      await ask(page, system);
      await page.click('a[href*="/password-reset"]');
      // Browsers find nothing wrong with it.
      await page.fill('#email', `${'a'.repeat(65)}@example.com`);
      await send(page, 'button.primary', '#problem');
    },
  },
  { name: 'password-reset-sent', open: async (page, system) => void (await askForReset(page, system)) },
  { name: 'new-password', open: toNewPassword },
  {
    name: 'new-password-refused',
    open: async (page, system) => {
      await toNewPassword(page, system);
      await page.fill('#password', 'iloveyou1');
      await send(page, 'button.primary', '#problem');
    },
  },
  {
    name: 'new-password-done',
    open: async (page, system) => {
      await toNewPassword(page, system);
      await page.fill('#password', 'seven quiet herons');
      await send(page, 'button.primary', 'a.button');
    },
  },
  {
    name: 'unlocked',
    open: async (page, system) => {
      await toNewPassword(page, system);
      await send(page, '#unlock button', 'a.button');
    },
  },
  {
    name: 'link-ended',
    open: async (page, { tandem }) => void (await page.goto(`${tandem.issuer}password-reset/new?token=used-long-ago`)),
  },
  {
    name: 'mailbox',
    open: async (page, system) => {
      await askForReset(page, system);
      await page.goto(`${system.tandem.issuer}mailbox`);
      await page.waitForSelector('.letter a');
    },
  },
];
