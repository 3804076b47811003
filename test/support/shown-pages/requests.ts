import { ask, askAs, enter, signInBoth, toAccount } from './steps.js';
import type { ShownPage } from './steps.js';

/** What else a request of an application may lead to: the permissions, a choice of accounts, the end, and errors. */
export const REQUESTS: readonly ShownPage[] = [
  {
    name: 'consent',
    open: async (page, system) => {
      await ask(page, system, { prompt: 'consent' });
      await enter(page, await system.newPerson());
      await page.waitForURL('**/consent?**');
    },
  },
  {
    name: 'consent-to-more',
    open: async (page, system) => {
      await page.route('https://shop.example/callback**', (route) => route.fulfill({ body: '' }));
      await toAccount(page, system);
      await askAs(page, system, 'archive', { scope: 'openid profile' });
      await page.click('button[value="accept"]');
      await page.waitForURL('https://shop.example/**', { waitUntil: 'commit' });
      await askAs(page, system, 'archive', { scope: 'openid profile email address phone' });
    },
  },
  {
    name: 'consent-self-registered',
    open: async (page, system) => {
      const response = await fetch(`${system.tandem.issuer}oidc/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: 'Bargains', redirect_uris: ['https://shop.example/callback'] }),
      });
      const { client_id: clientId } = (await response.json()) as { readonly client_id: string };
      await askAs(page, system, clientId);
      await enter(page, await system.newPerson());
      await page.waitForURL('**/consent?**');
    },
  },
  {
    name: 'select-account',
    open: async (page, system) => {
      await signInBoth(page, system);
      await ask(page, system, { prompt: 'select_account' });
    },
  },
  {
    name: 'logout',
    open: async (page, system) => {
      await signInBoth(page, system);
      await page.goto(`${system.tandem.issuer}oidc/logout`);
    },
  },
  {
    name: 'signed-out',
    open: async (page, system) => {
      await signInBoth(page, system);
      await page.goto(`${system.tandem.issuer}oidc/logout`);
      await page.click('button[value="yes"]');
      await page.waitForURL('**/oidc/logout');
    },
  },
  { name: 'error', open: (page, system) => ask(page, system, { redirect_uri: 'https://evil.example/' }) },
  {
    name: 'expired',
    open: async (page, { tandem }) => void (await page.goto(`${tandem.issuer}login?interaction=${'x'.repeat(22)}`)),
  },
  { name: 'not-found', open: async (page, { tandem }) => void (await page.goto(`${tandem.issuer}nothing-here`)) },
];
