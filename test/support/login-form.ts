import { UserAgent } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from './demo-client.js';

/** The sign-in page's form in a browser, to be sent many times and to any process. */
export interface LoginForm {
  /** Sends the form; `origin` is the process to send it to, without a slash at the end. Follows no redirect. */
  send(person: { readonly username: string; readonly password: string }, origin?: string): Promise<Response>;
}

/** Begins a sign-in and stays at its form. */
export async function openLoginForm(tandem: RunningTandem): Promise<LoginForm> {
  const agent = new UserAgent();
  const page = await agent.open(new DemoClient(tandem).authorizationUrl());
  const { action, fields } = page.form();
  const cookie = await agent.cookies.header(action, 'strict');
  return {
    send: ({ username, password }, origin = action.origin) =>
      fetch(`${origin}${action.pathname}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams([
          ...fields
            .filter(([name]) => name !== 'username' && name !== 'password')
            .map(([name, value]): [string, string] => [name, value]),
          ['username', username],
          ['password', password],
        ]),
      }),
  };
}
