import { freePort } from '@tandem/dev';
import { startTandem, UserAgent } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';
import pg from 'pg';
import { stringify } from 'yaml';
import { HandMadeProvider, type Behaviour } from '../../support/hand-made-provider.js';

/**
 * A Tandem whose other provider is made by hand, for the specs beside this file: each that imports it gets its own.
 * The provider says whatever `behaviour` tells it to.
 */
const CALLBACK = 'http://localhost:1/cb';

export let provider: HandMadeProvider;
export let tandem: RunningTandem;
export let database: pg.Client;

beforeAll(async () => {
  provider = await HandMadeProvider.start();
  const connection = { issuer: provider.issuer, client_id: 'tandem', client_secret: 'a secret of ours' };
  tandem = await startTandem({
    apps: ['auth-server'],
    ports: { 'auth-server': await freePort() },
    config: stringify({
      clients: [
        {
          client_id: 'web',
          client_secret: 's3cret',
          skip_consent: true,
          redirect_uris: [CALLBACK],
          response_types: ['code id_token'],
        },
        {
          client_id: 'impatient',
          client_secret: 's3cret',
          skip_consent: true,
          redirect_uris: [CALLBACK],
          response_types: ['code id_token'],
          default_max_age: 100,
        },
        {
          client_id: 'passwords-only',
          client_secret: 's3cret',
          redirect_uris: [CALLBACK],
          response_types: ['code id_token'],
          login_methods: ['password'],
        },
      ],
      users: [
        { email: 'alice@example.com', password: 'wonderland-42', email_verified: true },
        { email: 'bob@example.com', password: 'builder-4242', email_verified: true },
        { email: 'squatted@example.com', password: 'squatter-42', email_verified: false },
      ],
      login: {
        methods: ['password', 'upstream'],
        connections: [
          { ...connection, name: 'hand', display_name: 'Hand Made', trust_email_verified: true, trusted_amr: ['mfa'] },
          { ...connection, name: 'careful', display_name: 'Careful' },
          { ...connection, name: 'never', display_name: 'Never There', issuer: `http://localhost:${await freePort()}` },
          { ...connection, name: 'closed', display_name: 'Closed', sign_up: false, trust_email_verified: true },
        ],
      },
    }),
  });
  database = new pg.Client(tandem.databaseUrl);
  await database.connect();
}, 60_000);
afterAll(async () => {
  await database?.end();
  await tandem?.stop();
  await provider?.stop();
}, 60_000);

export let agent: UserAgent;
beforeEach(() => {
  agent = new UserAgent();
  provider.behaviour = {};
});
afterEach(() => agent.close());

export const request = (more: Readonly<Record<string, string>> = {}): string =>
  `${tandem.issuer}authorize?${new URLSearchParams({
    client_id: 'web',
    redirect_uri: CALLBACK,
    response_type: 'code id_token',
    response_mode: 'form_post',
    scope: 'openid email',
    nonce: 'n',
    ...more,
  }).toString()}`;

export const link = (page: Page, name: string): URL => page.link(`a#connection-${name}`);

/** From the login page to the provider and back, up to the form that leads to the client or the page that says why not. */
export async function through(page: Page, behaviour: Behaviour, name = 'hand', browser = agent): Promise<Page> {
  provider.behaviour = behaviour;
  return onward(await browser.follow(await browser.get(link(page, name), { from: page })), browser);
}
/** The page after a sign-in elsewhere goes on by itself, which a browser without a screen doesn't. */
export async function onward(page: Page, browser = agent): Promise<Page> {
  return page.find('#onward').length === 0
    ? page
    : browser.follow(await browser.get(page.link('#onward'), { from: page }));
}
export const signIn = async (behaviour: Behaviour, name = 'hand', browser = agent): Promise<Page> =>
  through(await browser.open(request()), behaviour, name, browser);

export function claimsOf(page: Page): Readonly<Record<string, unknown>> {
  const form = page.find('form').length === 0 ? undefined : page.form();
  if (form?.action.href !== CALLBACK) throw new Error(`nobody was signed in: ${page.describe()} ${page.text}`);
  const [, payload = ''] = (Object.fromEntries(form.fields)['id_token'] ?? '').split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
}

/** Everything that a sign-in could have made. */
export async function made(): Promise<object> {
  const { rows } = await database.query(`SELECT (SELECT count(*)::int FROM users) AS users,
    (SELECT count(*)::int FROM federated_identities) AS identities, (SELECT count(*)::int FROM sessions) AS sessions`);
  return rows[0] as object;
}
export const typesOfAudit = async (): Promise<readonly string[]> =>
  (await database.query<{ type: string }>('SELECT type FROM audit_events ORDER BY id DESC LIMIT 3')).rows.map(
    ({ type }) => type,
  );

export const verified = (sub: string, email = `${sub}@example.org`): Behaviour => ({
  sub,
  userinfo: { email, email_verified: true, name: `Name of ${sub}` },
});

export const interactionOf = (page: Page): string =>
  page.form().fields.find(([name]) => name === 'interaction')?.[1] ?? 'none';

export async function agentSignsInAsAlice(): Promise<unknown> {
  const browser = new UserAgent();
  const page = await browser.open(request());
  const form = { username: 'alice@example.com', password: 'wonderland-42' };
  const { sub } = claimsOf(await browser.follow(await browser.submit(page.form(), form)));
  await browser.close();
  return sub;
}
