import type { Page } from 'playwright-core';
import { askAs, enter, send, setUpApp, withApp } from './steps.js';
import type { ShownPage } from './steps.js';
import type { ShownSystem } from './shown-system.js';

async function toSecondFactor(page: Page, system: ShownSystem): Promise<void> {
  const email = await withApp(page, system);
  await page.context().clearCookies();
  await askAs(page, system, 'bank');
  await enter(page, email);
  await page.waitForSelector('#totp-code');
}

async function toSetUp(page: Page, system: ShownSystem): Promise<void> {
  await askAs(page, system, 'bank');
  await enter(page, await system.newPerson());
  await page.waitForSelector('#key');
}

/** The second step of a sign-in. */
export const SECOND_FACTOR: readonly ShownPage[] = [
  { name: 'second-factor', open: toSecondFactor },
  {
    name: 'second-factor-refused',
    open: async (page, system) => {
      await toSecondFactor(page, system);
      await page.fill('#totp-code', '12');
      await send(page, '#totp button', '#problem');
    },
  },
  {
    name: 'second-factor-recovery-code',
    open: async (page, system) => {
      await toSecondFactor(page, system);
      await page.click('summary');
      await page.fill('#recovery', 'never-a-code');
      await send(page, '#recovery-code button', '#problem');
    },
  },
  { name: 'second-factor-set-up', open: toSetUp },
  {
    name: 'second-factor-set-up-refused',
    open: async (page, system) => {
      await toSetUp(page, system);
      await page.fill('#first-code', '12');
      await send(page, '#set-up button', '#problem');
    },
  },
  {
    name: 'recovery-codes',
    open: async (page, system) => {
      await toSetUp(page, system);
      await setUpApp(page);
    },
  },
];
