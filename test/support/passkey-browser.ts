import { SoftwareAuthenticator } from '@tandem/testing';
import type { CeremonyOptions, Lies, Page, RunningTandem } from '@tandem/testing';
import { DemoClient } from './demo-client.js';

const USERS = {
  alice: { username: 'alice@example.com', password: 'wonderland-42' },
  bob: { username: 'bob@example.com', password: 'builder-4242' },
} as const;

/** What the page's form asks the browser. */
export function optionsOn(page: Page): CeremonyOptions {
  const [form] = page.find('#passkey');
  const options = form?.attrs.find(({ name }) => name === 'data-options')?.value;
  if (options === undefined) throw new Error(`${page.describe()} asks for no passkey: ${page.text.slice(0, 300)}`);
  return JSON.parse(options) as CeremonyOptions;
}

/** A browser with an authenticator in software, at the demo's client: a person with passkeys, without a screen. */
export class PasskeyBrowser {
  readonly client: DemoClient;

  constructor(
    private readonly tandem: RunningTandem,
    readonly device: SoftwareAuthenticator = new SoftwareAuthenticator(new URL(tandem.issuer).origin),
  ) {
    this.client = new DemoClient(tandem);
  }

  /** The account page, after a sign-in by password where one is needed. */
  async account(user: keyof typeof USERS = 'alice'): Promise<Page> {
    const page = await this.client.agent.open(`${this.tandem.issuer}account`);
    if (page.url.pathname !== '/login') return page;
    return this.client.agent.follow(await this.client.agent.submit(page.form(), USERS[user]));
  }

  /** Sends one of the account page's forms. */
  async change(account: Page, action: string, values: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.client.agent.follow(
      await this.client.agent.submit(account.form(`[action="/account/${action}"]`), values),
    );
  }

  /** Adds a passkey. Returns the page that says what became of it. */
  async enrol(name: string, user: keyof typeof USERS = 'alice', lies: Lies = {}): Promise<Page> {
    const asked = await this.change(await this.account(user), 'add-passkey');
    const credential = JSON.stringify(this.device.create(optionsOn(asked), lies));
    return this.change(asked, 'keep-passkey', { credential, name });
  }

  /** The login page of a new authorization request. */
  login(parameters: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.client.agent.open(this.client.authorizationUrl(parameters));
  }

  /** Answers what the login page asks with the device's newest passkey; no redirect is followed. */
  answer(login: Page, lies: Lies = {}): Promise<Page> {
    return this.send(login, JSON.stringify(this.device.get(optionsOn(login), lies)));
  }

  send(login: Page, credential: string): Promise<Page> {
    return this.client.agent.submit(login.form('#passkey'), { credential });
  }

  /** Goes on from a sign-in to the client's form_post response. */
  async finish(page: Page): Promise<Readonly<Record<string, string>>> {
    let current = await this.client.agent.follow(page);
    if (current.url.pathname === '/consent')
      current = await this.client.agent.follow(await this.client.agent.submit(current.form(), { decision: 'accept' }));
    return Object.fromEntries(current.autoSubmitForm().fields);
  }
}
