import type { Page } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { linkIn } from '../support/mail-catcher.js';
import { MANY_MAILS, startTandemWithMail, type TandemWithMail } from '../support/tandem-with-mail.js';

const ALICE = 'alice@example.com';
const BOB = 'bob@example.com';
let passwordOfBob = 'builder-4242';

describe('a forgotten password', () => {
  let system: TandemWithMail;
  beforeAll(async () => {
    system = await startTandemWithMail({
      apps: ['auth-server', 'resource-api'],
      login: '{ methods: [password] }',
      extra: `${MANY_MAILS}\nlogin_throttle: { window_seconds: 600, attempts_per_account: 3 }`,
    });
  }, 60_000);
  afterAll(() => system?.stop(), 60_000);

  const aClient = (): DemoClient => new DemoClient(system.tandem);
  const openLogin = (client: DemoClient): Promise<Page> =>
    client.agent.open(client.authorizationUrl({ scope: 'openid', prompt: 'consent' }));
  async function signIn(client: DemoClient, password: string): Promise<Page> {
    const login = await openLogin(client);
    return client.agent.follow(await client.agent.submit(login.form(), { username: BOB, password }));
  }
  async function ask(client: DemoClient, email: string): Promise<Page> {
    const login = await openLogin(client);
    const page = await client.agent.open(new URL(`/password-reset${login.url.search}`, login.url));
    return client.agent.submit(page.form(), { email });
  }
  async function linkFor(client: DemoClient, email = BOB): Promise<string> {
    await ask(client, email);
    return linkIn(await system.mailbox.next(email));
  }
  const passes = async (password: string): Promise<boolean> =>
    (await signIn(aClient(), password)).url.pathname === '/consent';

  it('shows the way to it on the sign-in page', async () => {
    expect((await openLogin(aClient())).text).toContain('Forgot password?');
  });

  it('accepts a new password by the link, ends every session, tells the user, and leads back', async () => {
    const before = aClient();
    await signIn(before, passwordOfBob);
    const client = aClient();
    const link = await linkFor(client);
    // As a mail scanner does.
    expect((await fetch(link)).status).toBe(200);
    const page = await client.agent.open(link);
    const done = await client.agent.submit(page.form(), { password: 'a new one for bob' });
    passwordOfBob = 'a new one for bob';
    expect(done.text).toContain('Your password is changed');
    expect((await system.mailbox.next(BOB)).subject).toBe('Your password was changed');
    expect((await before.agent.open(`${system.tandem.issuer}account`)).url.pathname).toBe('/login');
    expect((await client.agent.open(done.link('.button'))).url.pathname).toBe('/login');
    expect(await passes('builder-4242')).toBe(false);
    expect(await passes(passwordOfBob)).toBe(true);
    const replayed = await client.agent.open(link);
    expect([replayed.status, replayed.title]).toEqual([400, expect.stringContaining('no longer works')]);
    expect((await client.agent.submit(page.form(), { password: 'once more, with it' })).status).toBe(400);
  });

  it('ends the access of every application with the old password: its tokens are dead at the API and at the token endpoint', async () => {
    const application = aClient();
    const { access_token: accessToken, refresh_token: refreshToken } = await application.tokens(
      'openid offline_access read:orders',
    );
    const callApi = async (): Promise<number> =>
      (await fetch(`${system.tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${accessToken}` } }))
        .status;
    expect(await callApi()).toBe(200);
    const client = aClient();
    const page = await client.agent.open(await linkFor(client, ALICE));
    await client.agent.submit(page.form(), { password: 'a new one for alice' });
    await system.mailbox.next(ALICE);
    const refused = await application.refresh(refreshToken as string);
    expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ error: 'invalid_grant' })]);
    const since = performance.now();
    let status = await callApi();
    while (status === 200 && performance.now() - since < 5_000) status = await callApi();
    expect(status).toBe(401);
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  it('refuses the other links once one was used', async () => {
    const client = aClient();
    const [first, second] = [await linkFor(client), await linkFor(client)];
    const page = await client.agent.open(second);
    passwordOfBob = 'the second link of two';
    await client.agent.submit(page.form(), { password: passwordOfBob });
    await system.mailbox.next(BOB);
    expect((await client.agent.open(first)).status).toBe(400);
  });

  it('accepts one of ten uses of a link at once', async () => {
    const client = aClient();
    const page = await client.agent.open(await linkFor(client));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => client.agent.submit(page.form(), { password: `racing herons ${n}` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    passwordOfBob = `racing herons ${answers.findIndex(({ status }) => status === 200)}`;
    await system.mailbox.next(BOB);
    expect(await passes(passwordOfBob)).toBe(true);
  });

  it('refuses a bad password without spending the link, and an expired link', async () => {
    const client = aClient();
    const link = await linkFor(client);
    const page = await client.agent.open(link);
    const refused = await client.agent.submit(page.form(), { password: 'iloveyou1' });
    expect(refused.text).toContain('known from leaks');
    await system.sql(`UPDATE proofs SET expires_at = clock_timestamp() WHERE purpose = 'password-reset'`);
    expect((await client.agent.submit(refused.form(), { password: 'too late for this' })).status).toBe(400);
    expect(await passes(passwordOfBob)).toBe(true);
  });

  it('ends the waiting after too many attempts, by the same link', async () => {
    const client = aClient();
    for (let attempt = 0; attempt < 4; attempt += 1) await signIn(client, 'wrong');
    expect((await signIn(client, passwordOfBob)).status).toBe(429);
    const page = await client.agent.open(await linkFor(client));
    const done = await client.agent.submit(page.form('#unlock'));
    expect(done.text).toContain('You can sign in again');
    expect(await passes(passwordOfBob)).toBe(true);
  });

  it('shows the same page for an address that nobody has, and mails nobody', async () => {
    const unknown = await ask(aClient(), 'stranger@example.com');
    const known = await ask(aClient(), BOB);
    const plain = ({ status, body }: Page): readonly unknown[] => [
      status,
      body.replaceAll(/(bob|stranger)@/g, 'x@').replaceAll(/interaction=[\w-]+/g, ''),
    ];
    expect(plain(unknown)).toEqual(plain(known));
    await system.mailbox.next(BOB);
    expect(system.mailbox.mails).toEqual([]);
  });

  it('refuses a link whose address is the user’s no more', async () => {
    const client = aClient();
    const link = await linkFor(client, ALICE);
    await system.sql(
      `UPDATE users SET email = 'moved@example.com', email_key = 'moved@example.com' WHERE email_key = 'alice@example.com'`,
    );
    expect((await client.agent.open(link)).status).toBe(400);
  });
});
