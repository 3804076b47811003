import type { Page } from 'playwright-core';
import { Authenticator } from '../authenticator.js';
import { DemoClient } from '../demo-client.js';
import { PASSWORD } from './shown-system.js';
import type { ShownSystem } from './shown-system.js';

/** A page of the provider and the way to it in a browser that has nothing yet. */
export interface ShownPage {
  readonly name: string;
  open(page: Page, system: ShownSystem): Promise<void>;
}

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8H0z" fill="#c2410c"/></svg>';

/** Asks as the demo's application, which admits every way to sign in. */
export async function ask(
  page: Page,
  { tandem }: ShownSystem,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const scope = 'openid profile email offline_access read:orders write:orders';
  await page.goto(new DemoClient(tandem).authorizationUrl({ scope, ...more }).href);
}

/** Asks as another of the declared applications. */
export async function askAs(
  page: Page,
  { tandem }: ShownSystem,
  clientId: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await page.route('https://shop.example/logo.svg', (route) =>
    route.fulfill({ body: LOGO, contentType: 'image/svg+xml' }),
  );
  const redirect_uri = 'https://shop.example/callback';
  const query = { client_id: clientId, redirect_uri, response_type: 'code', scope: 'openid profile email', ...more };
  await page.goto(`${tandem.issuer}authorize?${new URLSearchParams(query).toString()}`);
}

export async function enter(page: Page, username: string, password = PASSWORD): Promise<void> {
  await page.fill('#username', username);
  await page.fill('#password', password);
  await page.click('form:has(#password) button[type="submit"]');
}

/** Sends a form that leads to another view of the same address: waits for what only the new page has. */
export async function send(page: Page, button: string, shown: string): Promise<void> {
  await page.click(button);
  await page.waitForSelector(shown);
}

/** To the account page as somebody; returns who. */
export async function toAccount(page: Page, system: ShownSystem, email?: string): Promise<string> {
  const username = email ?? (await system.newPerson());
  await page.goto(`${system.tandem.issuer}account`);
  await enter(page, username);
  await page.waitForURL('**/account');
  return username;
}

export async function signInBoth(page: Page, system: ShownSystem): Promise<void> {
  await toAccount(page, system, 'alice@example.com');
  await page.goto(`${system.tandem.issuer}account/switch`);
  await page.click('button[value="another"]');
  await enter(page, 'bob@example.com', 'builder-4242');
  await page.waitForURL('**/account');
}

/** From the page with the key on: the app is set up, its recovery codes are shown. */
export async function setUpApp(page: Page): Promise<void> {
  const app = new Authenticator((await page.textContent('#key')) ?? '');
  // The oldest code that counts now may not count any more when it is typed.
  app.code();
  await page.fill('#first-code', app.code());
  await send(page, 'button.primary', '.codes');
}

/** A person whose sign-ins ask for a second factor. */
export async function withApp(page: Page, system: ShownSystem): Promise<string> {
  const email = await toAccount(page, system);
  await send(page, '#second-factor-set-up button', '#key');
  await setUpApp(page);
  return email;
}

/** At another provider, which answers at once, and back. */
export async function through(
  page: Page,
  { provider }: ShownSystem,
  connection: string,
  sub: string,
  userinfo: Readonly<Record<string, unknown>>,
): Promise<void> {
  provider.behaviour = { sub, userinfo };
  await page.click(`#connection-${connection}`);
}
