import { freePort } from '@tandem/dev';
import { startTandem, UserAgent } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';
import pg from 'pg';
import { stringify } from 'yaml';
import { HandMadeProvider, type Behaviour } from '../../support/hand-made-provider.js';

const CALLBACK = 'http://localhost:1/cb';

let provider: HandMadeProvider;
let tandem: RunningTandem;
let database: pg.Client;

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

let agent: UserAgent;
beforeEach(() => {
  agent = new UserAgent();
  provider.behaviour = {};
});
afterEach(() => agent.close());

const request = (more: Readonly<Record<string, string>> = {}): string =>
  `${tandem.issuer}authorize?${new URLSearchParams({
    client_id: 'web',
    redirect_uri: CALLBACK,
    response_type: 'code id_token',
    response_mode: 'form_post',
    scope: 'openid email',
    nonce: 'n',
    ...more,
  }).toString()}`;

const link = (page: Page, name: string): URL => page.link(`a#connection-${name}`);

/** From the login page to the provider and back, up to the form that leads to the client or the page that says why not. */
async function through(page: Page, behaviour: Behaviour, name = 'hand', browser = agent): Promise<Page> {
  provider.behaviour = behaviour;
  return onward(await browser.follow(await browser.get(link(page, name), { from: page })), browser);
}
/** The page after a sign-in elsewhere goes on by itself, which a browser without a screen doesn't. */
async function onward(page: Page, browser = agent): Promise<Page> {
  return page.find('#onward').length === 0
    ? page
    : browser.follow(await browser.get(page.link('#onward'), { from: page }));
}
const signIn = async (behaviour: Behaviour, name = 'hand', browser = agent): Promise<Page> =>
  through(await browser.open(request()), behaviour, name, browser);

function claimsOf(page: Page): Readonly<Record<string, unknown>> {
  const form = page.find('form').length === 0 ? undefined : page.form();
  if (form?.action.href !== CALLBACK) throw new Error(`nobody was signed in: ${page.describe()} ${page.text}`);
  const [, payload = ''] = (Object.fromEntries(form.fields)['id_token'] ?? '').split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
}

/** Everything that a sign-in could have made. */
async function made(): Promise<object> {
  const { rows } = await database.query(`SELECT (SELECT count(*)::int FROM users) AS users,
    (SELECT count(*)::int FROM federated_identities) AS identities, (SELECT count(*)::int FROM sessions) AS sessions`);
  return rows[0] as object;
}
const typesOfAudit = async (): Promise<readonly string[]> =>
  (await database.query<{ type: string }>('SELECT type FROM audit_events ORDER BY id DESC LIMIT 3')).rows.map(
    ({ type }) => type,
  );

const verified = (sub: string, email = `${sub}@example.org`): Behaviour => ({
  sub,
  userinfo: { email, email_verified: true, name: `Name of ${sub}` },
});

describe('an answer that can not be used', () => {
  const now = Math.floor(Date.now() / 1_000);
  it.each<[string, Behaviour, number, string]>([
    ['a wrong nonce', { idToken: { nonce: 'another' } }, 400, 'could not be used'],
    ['no nonce', { idToken: { nonce: undefined } }, 400, 'could not be used'],
    ['another issuer in the ID token', { idToken: { iss: 'https://evil.example' } }, 400, 'could not be used'],
    ['another issuer in the response', { iss: 'https://evil.example' }, 400, 'could not be used'],
    ['another audience', { idToken: { aud: 'somebody-else' } }, 400, 'could not be used'],
    ['an expired ID token', { idToken: { exp: now - 600, iat: now - 900 } }, 400, 'could not be used'],
    ['a signature by an unknown key', { foreignKey: true }, 400, 'could not be used'],
    ['another user at userinfo', { userinfo: { sub: 'mallory' } }, 400, 'could not be used'],
    ['a refused code', { tokenStatus: 400 }, 400, 'could not be used'],
    ['a token endpoint that is broken', { tokenStatus: 500 }, 503, 'can not be reached'],
    ['a cancelled sign-in', { error: 'access_denied' }, 200, 'did not finish'],
    ['an error', { error: 'invalid_scope' }, 400, 'could not be used'],
    ['a provider that can not now', { error: 'temporarily_unavailable' }, 503, 'can not be reached'],
  ])('shows %s on the page, makes nothing, and the sign-in goes on', async (_what, behaviour, status, words) => {
    const before = await made();
    const page = await signIn(behaviour);
    expect(page.status).toBe(status);
    expect(page.text).toContain(words);
    expect(page.body).not.toMatch(/evil|mallory|invalid_scope|OAUTH_/);
    expect(await made()).toEqual(before);
    expect(await typesOfAudit()).toContain('login.refused');
    expect(claimsOf(await through(page, verified('usable')))).toMatchObject({ email: 'usable@example.org' });
  });

  it('shows a provider that is away, before and after the way there, and signs in once it is back', async () => {
    const page = await agent.open(request());
    const leaving = await agent.get(link(page, 'hand'));
    const answer = await agent.followOnce(leaving);
    const back = await provider.away();
    const shown = await agent.followOnce(answer);
    expect(shown.status).toBe(503);
    expect(shown.text).toContain('can not be reached');
    await back();
    expect(claimsOf(await through(shown, verified('patient')))).toMatchObject({ email: 'patient@example.org' });
  });

  it('refuses a state that is not the one sent, and the right one still counts', async () => {
    const page = await agent.open(request());
    const answer = await agent.followOnce(await agent.get(link(page, 'hand')));
    const forged = new URL(answer.location as URL);
    const [id] = (forged.searchParams.get('state') ?? '').split('.');
    forged.searchParams.set('state', `${id}.${'A'.repeat(43)}`);
    const refused = await agent.get(forged);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('used already or is too old');
    for (const state of ['', 'x', `${'B'.repeat(22)}.${'A'.repeat(43)}`]) {
      forged.searchParams.set('state', state);
      expect((await agent.get(forged)).status).toBe(400);
    }
    provider.behaviour = verified('right-state');
    expect(claimsOf(await onward(await agent.follow(answer)))).toMatchObject({ email: 'right-state@example.org' });
  });

  it('refuses an answer that comes twice', async () => {
    const page = await agent.open(request());
    const answer = await agent.followOnce(await agent.get(link(page, 'hand')));
    provider.behaviour = { idToken: { nonce: 'wrong' } };
    await agent.followOnce(answer);
    const again = await agent.followOnce(answer);
    expect(again.status).toBe(400);
    expect(again.text).toContain('used already or is too old');
  });

  it('refuses an answer in another browser than the one that began', async () => {
    const page = await agent.open(request());
    const answer = await agent.followOnce(await agent.get(link(page, 'hand')));
    const other = new UserAgent();
    await other.open(request());
    const before = await made();
    const refused = await other.get(answer.location as URL);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('has expired');
    expect(await made()).toEqual(before);
    await other.close();
  });

  it('tells nothing of secrets, codes or tokens in its log', () => {
    const log = tandem.logs('auth-server').join('\n');
    expect(log).toContain('sign-in at another provider');
    expect(log).not.toMatch(/a secret of ours|code_verifier|eyJ|state=/);
  });
});

describe('who it is', () => {
  it('makes one user of two first sign-ins at once', async () => {
    const other = new UserAgent();
    const pages = await Promise.all([agent, other].map((browser) => signIn(verified('twice'), 'hand', browser)));
    const [one, two] = pages.map((page) => claimsOf(page)['sub']);
    expect(one).toBe(two);
    await other.close();
  });

  it('knows a user again by the subject, whatever the address is by then', async () => {
    const first = claimsOf(await signIn(verified('mover')));
    const later = claimsOf(await signIn(verified('mover', 'new-address@example.org'), 'hand', new UserAgent()));
    expect(later['sub']).toBe(first['sub']);
    expect(later['sub']).not.toBe(claimsOf(await signIn(verified('mover'), 'careful', new UserAgent()))['sub']);
  });

  it.each([
    ['the provider does not say that it is verified', 'hand', false],
    ['the provider is not believed', 'careful', true],
  ])('gives nobody another account for an address when %s', async (_what, name, says) => {
    const userinfo = { email: 'alice@example.com', email_verified: says };
    const claims = claimsOf(await signIn({ sub: `impostor at ${name}`, userinfo }, name));
    expect(claims).toMatchObject({ email: 'alice@example.com', email_verified: false });
    const alice = await agentSignsInAsAlice();
    expect(claims['sub']).not.toBe(alice);
  });

  it('gives an account to somebody of whom no address is told', async () => {
    const claims = claimsOf(await signIn({ sub: 'nameless' }));
    expect(claims['sub']).toMatch(/^usr_/);
    expect(claims).not.toHaveProperty('email');
  });

  it('gives neither the other’s account when the address is held here by somebody who never showed that it is theirs', async () => {
    const claims = claimsOf(await signIn(verified('owner', 'squatted@example.com')));
    expect(claims).toMatchObject({ email: 'squatted@example.com', email_verified: false });
    const { rows } = await database.query(`SELECT user_id FROM users WHERE email_key = 'squatted@example.com'`);
    expect(claims['sub']).not.toBe((rows[0] as { user_id: string }).user_id);
  });

  it('refuses somebody unknown where nobody may sign up, and makes nothing', async () => {
    const before = await made();
    const page = await signIn(verified('stranger'), 'closed');
    expect(page.text).toContain('no account for you');
    expect(await made()).toEqual(before);
  });

  it('refuses a user who is disabled', async () => {
    const { sub } = claimsOf(await signIn(verified('leaver')));
    await database.query('UPDATE users SET disabled_at = now() WHERE user_id = $1', [sub]);
    const page = await signIn(verified('leaver'), 'hand', new UserAgent());
    expect(page.text).toContain('can not sign in with this account');
  });

  it('issues the values of amr that are trusted, and no others', async () => {
    const claims = claimsOf(await signIn({ ...verified('strong'), idToken: { amr: ['mfa', 'pop'], acr: 'phr' } }));
    expect(claims).toMatchObject({ amr: ['fed', 'mfa'], acr: 'urn:tandem:acr:multi-factor' });
  });
});

describe('the same verified address', () => {
  const PASSWORD = { username: 'alice@example.com', password: 'wonderland-42' };

  it('is linked after the user’s proof within the same sign-in, and counts from then on', async () => {
    const ask = await signIn(verified('alice at hand', 'alice@example.com'));
    expect(ask.text).toContain('You already have an account');
    expect(ask.find('#connection-hand')).toHaveLength(0);
    const wrong = await agent.submit(ask.form(), { ...PASSWORD, password: 'not it' });
    expect(wrong.text).toContain('You already have an account');
    const done = await agent.follow(await agent.submit(wrong.form(), PASSWORD));
    const { sub, amr } = claimsOf(done);
    expect(amr).toEqual(['pwd']);
    const again = await signIn(verified('alice at hand', 'alice@example.com'), 'hand', new UserAgent());
    expect(claimsOf(again)).toMatchObject({ sub, amr: ['fed'] });
  });

  it('is not linked when another user signs in', async () => {
    const ask = await signIn(verified('alice again', 'alice@example.com'));
    const bob = { username: 'bob@example.com', password: 'builder-4242' };
    claimsOf(await agent.follow(await agent.submit(ask.form(), bob)));
    const next = await signIn(verified('alice again', 'alice@example.com'), 'hand', new UserAgent());
    expect(next.text).toContain('You already have an account');
  });

  it('is not linked by a sign-in that the user begins anew', async () => {
    const ask = await signIn(verified('alice once more', 'alice@example.com'));
    const anew = await agent.follow(await agent.submit(ask.form('#another-way')));
    expect(anew.text).not.toContain('You already have an account');
    claimsOf(await agent.follow(await agent.submit(anew.form(), PASSWORD)));
    const { rows } = await database.query(`SELECT 1 FROM federated_identities WHERE subject = 'alice once more'`);
    expect(rows).toEqual([]);
  });
});

describe('a fresh sign-in', () => {
  it('passes prompt, max_age and login_hint on, and tells the provider’s auth_time', async () => {
    const at = Math.floor(Date.now() / 1_000) - 40;
    const page = await agent.open(request({ max_age: '100', login_hint: 'carol' }));
    const claims = claimsOf(await through(page, { ...verified('timely'), idToken: { auth_time: at } }));
    expect(claims['auth_time']).toBe(at);
    expect(Object.fromEntries(provider.requests.at(-1) ?? [])).toMatchObject({ max_age: '100', login_hint: 'carol' });
  });

  it.each([
    ['an old one', { auth_time: Math.floor(Date.now() / 1_000) - 600 }],
    ['one of which it does not say when it was', { auth_time: undefined }],
  ])('refuses %s when the application asks for a new one', async (_what, idToken) => {
    const page = await agent.open(request({ prompt: 'login' }));
    const refused = await through(page, { ...verified('stale'), idToken });
    expect(Object.fromEntries(provider.requests.at(-1) ?? [])).toMatchObject({ prompt: 'login', max_age: '0' });
    expect(refused.text).toContain('asks you to sign in anew');
    claimsOf(await through(refused, verified('stale')));
  });
});

describe('the connection parameter', () => {
  it('redirects straight to the provider, and to the page when that did not help', async () => {
    provider.behaviour = { error: 'access_denied' };
    const page = await agent.open(request({ connection: 'hand' }));
    expect(page.text).toContain('did not finish');
    const anew = await agent.follow(await agent.get(`${tandem.issuer}login?interaction=${interactionOf(page)}`));
    expect(anew.text).toContain('Continue with Hand Made');
    provider.behaviour = verified('straight');
    const other = new UserAgent();
    claimsOf(await onward(await other.open(request({ connection: 'hand' })), other));
  });

  it.each([
    ['what is none here', 'Username-Password-Authentication'],
    ['another way to sign in', 'ldap'],
    ['a very long name', 'x'.repeat(500)],
  ])('shows the page for %s', async (_what, name) => {
    expect((await agent.open(request({ connection: name }))).form().action.pathname).toBe('/login');
  });

  it('shows the page of a client that does not admit it', async () => {
    const page = await agent.open(request({ connection: 'hand', client_id: 'passwords-only' }));
    expect(page.find('#connection-hand')).toHaveLength(0);
    expect(page.form().action.pathname).toBe('/login');
  });
});

describe('the account page', () => {
  const account = async (browser = agent): Promise<Page> => {
    const page = await browser.open(`${tandem.issuer}account`);
    return page.url.pathname === '/login'
      ? browser.follow(await browser.submit(page.form(), { username: 'bob@example.com', password: 'builder-4242' }))
      : page;
  };
  const connect = async (name: string, browser = agent): Promise<Page> =>
    browser.submit((await account(browser)).form(`#connect-${name}`));

  it('connects another way to sign in, shows it, and takes it away', async () => {
    provider.behaviour = verified('bob at hand', 'elsewhere@example.org');
    const onward = await connect('hand');
    expect(onward.text).toContain('Connect Hand Made');
    const shown = await agent.follow(await agent.get(onward.link('#continue'), { from: onward }));
    expect(shown.url.pathname).toBe('/account');
    expect(shown.text).toContain('Hand Made');
    const other = new UserAgent();
    const { sub } = claimsOf(await signIn(verified('bob at hand', 'elsewhere@example.org'), 'hand', other));
    const { rows } = await database.query('SELECT email FROM users WHERE user_id = $1', [sub]);
    expect(rows).toEqual([{ email: 'bob@example.com' }]);
    await other.close();
    const gone = await agent.submit(shown.form('form[action="/account/disconnect-identity"]'));
    expect(gone.text).toContain('no longer connected');
    expect(await typesOfAudit()).toContain('connection.unlinked');
  });

  it('refuses an account that is another user’s', async () => {
    await signIn(verified('somebody else'), 'hand', new UserAgent());
    const onward = await connect('hand');
    const refused = await agent.follow(await agent.get(onward.link('#continue'), { from: onward }));
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('connected to another user');
    expect((await account()).text).toContain('No account elsewhere is connected');
  });

  it('refuses an answer after the user has signed out meanwhile', async () => {
    provider.behaviour = verified('too late');
    const onward = await connect('hand');
    const answer = await agent.followOnce(await agent.get(onward.link('#continue'), { from: onward }));
    await database.query(`UPDATE sessions SET ended_at = now() WHERE ended_at IS NULL`);
    expect((await agent.followOnce(answer)).status).toBe(400);
    const { rows } = await database.query(`SELECT 1 FROM federated_identities WHERE subject = 'too late'`);
    expect(rows).toEqual([]);
  });

  it('refuses to take the last way to sign in away', async () => {
    await signIn(verified('only way'));
    const page = await account();
    const refused = await agent.submit(page.form('form[action="/account/disconnect-identity"]'));
    expect(refused.text).toContain('last way to sign in');
  });
});

const interactionOf = (page: Page): string =>
  page.form().fields.find(([name]) => name === 'interaction')?.[1] ?? 'none';

async function agentSignsInAsAlice(): Promise<unknown> {
  const browser = new UserAgent();
  const page = await browser.open(request());
  const form = { username: 'alice@example.com', password: 'wonderland-42' };
  const { sub } = claimsOf(await browser.follow(await browser.submit(page.form(), form)));
  await browser.close();
  return sub;
}
