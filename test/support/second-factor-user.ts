import { createHash, randomBytes } from 'node:crypto';
import { UserAgent } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';
import { Authenticator, keyOn, recoveryCodesOn } from './authenticator.js';

export const CALLBACK = 'https://rp.example/cb';
export const PASSWORD = 'correct-horse-battery';
const SECRET = 'a-secret-of-no-importance-at-all-1';

/** What differs between the clients. */
const CLIENTS: Readonly<Record<string, object>> = {
  shop: {},
  bank: { required_acr: 'urn:tandem:acr:multi-factor' },
  asks: { skip_consent: false },
};

/** Clients and people for journeys about the second factor; `login` are settings of the server. */
export const secondFactorConfig = (
  people: readonly string[],
  login: object = {},
  clients: readonly string[] = Object.keys(CLIENTS),
): object => {
  return {
    clients: clients.map((clientId) => ({
      client_id: clientId,
      client_secret: SECRET,
      redirect_uris: [CALLBACK],
      response_types: ['code', 'code id_token'],
      skip_consent: true,
      ...CLIENTS[clientId],
    })),
    users: people.map((name) => ({ email: `${name}@example.com`, password: PASSWORD, email_verified: true })),
    login: { methods: ['password'], ...login },
  };
};

export type Claims = Readonly<Record<string, unknown>>;
export const claimsOf = (token: string | undefined): Claims =>
  JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Claims;

/** What an authorization response and the exchange of its code say. */
export interface SignedIn {
  readonly front: Claims;
  readonly back: Claims;
}

/** A person at a browser, who may have an authenticator app and a sheet of recovery codes. */
export class Person {
  readonly agent = new UserAgent();
  readonly email: string;
  app: Authenticator | undefined;
  recoveryCodes: readonly string[] = [];
  private readonly verifier = randomBytes(32).toString('base64url');

  constructor(
    private readonly tandem: Pick<RunningTandem, 'issuer'>,
    name: string,
  ) {
    this.email = `${name}@example.com`;
  }

  /** Begins at a client; ends at the first page, or at the form that would go to the client. */
  ask(clientId: string, parameters: Readonly<Record<string, string>> = {}): Promise<Page> {
    const url = new URL(`${this.tandem.issuer}authorize`);
    const all = {
      client_id: clientId,
      redirect_uri: CALLBACK,
      response_type: 'code id_token',
      response_mode: 'form_post',
      scope: 'openid',
      state: 'st',
      nonce: randomBytes(8).toString('hex'),
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return this.agent.open(url);
  }

  async password(page: Page): Promise<Page> {
    return this.agent.follow(await this.agent.submit(page.form(), { username: this.email, password: PASSWORD }));
  }

  /** Sends the form of the second-factor page, or of the account page, that has this id. */
  async send(page: Page, id: string, values: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.agent.follow(await this.agent.submit(page.form(`#${id}`), values));
  }

  /** Sends the form of the account page by the button that turns the second factor off. */
  async turnOff(account: Page, code: string): Promise<Page> {
    const form = {
      ...account.form('#second-factor-change'),
      action: new URL('/account/second-factor-remove', account.url),
    };
    return this.agent.follow(await this.agent.submit(form, { code }));
  }

  /** From the page with the key to the one with the recovery codes. */
  async setUp(page: Page, form: 'set-up' | 'second-factor-confirm'): Promise<Page> {
    this.app = new Authenticator(keyOn(page.body));
    const done = await this.send(page, form, { code: this.app.code() });
    this.recoveryCodes = recoveryCodesOn(done.body);
    return done;
  }

  account(): Promise<Page> {
    return this.agent.open(`${this.tandem.issuer}account`);
  }

  /** Signs in to the account page and sets up an authenticator app there. */
  async enrol(): Promise<void> {
    const account = await this.password(await this.account());
    await this.setUp(await this.send(account, 'second-factor-set-up'), 'second-factor-confirm');
  }

  /** What the form_post page sends to the client. */
  response(page: Page): Readonly<Record<string, string>> {
    const form = page.autoSubmitForm();
    if (form.action.href !== CALLBACK) throw new Error(`${page.describe()} is no response: ${page.text}`);
    return Object.fromEntries(form.fields);
  }

  /** The ID tokens of a response and of the exchange of its code. */
  async signedIn(page: Page, clientId: string): Promise<SignedIn> {
    const { code = '', id_token: idToken } = this.response(page);
    const answer = await fetch(`${this.tandem.issuer}oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${SECRET}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: this.verifier,
      }),
    });
    const tokens = (await answer.json()) as { readonly id_token?: string };
    return { front: claimsOf(idToken), back: claimsOf(tokens.id_token) };
  }
}
