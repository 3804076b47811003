import type { Page } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { codeIn } from '../support/mail-catcher.js';
import { MANY_MAILS, startTandemWithMail, type TandemWithMail } from '../support/tandem-with-mail.js';

const ALICE = 'alice@example.com';

describe('signing in by a code that comes by mail', () => {
  let system: TandemWithMail;
  beforeAll(async () => {
    system = await startTandemWithMail({ login: '{ methods: [email-code] }', extra: MANY_MAILS });
  }, 60_000);
  afterAll(() => system?.stop(), 60_000);

  const aClient = (): DemoClient => new DemoClient(system.tandem);

  async function ask(client: DemoClient, address: string): Promise<Page> {
    const login = await client.agent.open(client.authorizationUrl({ scope: 'openid email', prompt: 'consent' }));
    return client.agent.follow(await client.agent.submit(login.form(), { username: address }));
  }
  const type = async (client: DemoClient, page: Page, code: string): Promise<Page> =>
    client.agent.follow(await client.agent.submit(page.form(), { code }), ({ href }) =>
      href.startsWith(client.redirectUri),
    );

  it('accepts the code, tells otp as amr, and ends with the tokens of a hybrid sign-in', async () => {
    const client = aClient();
    const page = await ask(client, ` ${ALICE.toUpperCase()} `);
    const mail = await system.mailbox.next(ALICE);
    const consent = await type(client, page, codeIn(mail).replace(/^(...)/, '$1 '));
    expect(mail.subject).toBe(`${codeIn(mail)} is your sign-in code`);
    const response = await client.agent.submit(consent.form(), { decision: 'accept' });
    const fields = Object.fromEntries((await client.agent.follow(response)).form().fields);
    const claims = JSON.parse(
      Buffer.from((fields['id_token'] as string).split('.')[1] as string, 'base64url').toString(),
    ) as object;
    expect(claims).toMatchObject({ amr: ['otp'] });
    expect((await client.exchange(fields['code'] as string)).status).toBe(200);
  });

  it('accepts a code once: not again, and not the one before a new one', async () => {
    const client = aClient();
    const page = await ask(client, ALICE);
    const first = codeIn(await system.mailbox.next(ALICE));
    const again = await client.agent.follow(await client.agent.submit(page.form('#resend')));
    const second = codeIn(await system.mailbox.next(ALICE));
    if (first !== second) expect((await type(client, again, first)).text).toContain('This code is wrong');
    expect((await type(client, again, second)).url.pathname).toBe('/consent');
    const replayed = await client.agent.submit(again.form(), { code: second });
    expect((await client.agent.follow(replayed)).find('#code')).toHaveLength(0);
    expect(await system.sql(`SELECT 1 FROM sessions WHERE ended_at IS NULL AND amr = '{otp}'`)).not.toHaveLength(0);
  });

  it('refuses the right code after five wrong ones', async () => {
    const client = aClient();
    const page = await ask(client, 'bob@example.com');
    const code = codeIn(await system.mailbox.next('bob@example.com'));
    const wrong = code === '000000' ? '000001' : '000000';
    for (let guess = 0; guess < 5; guess += 1)
      expect((await type(client, page, wrong)).text).toContain('This code is wrong');
    expect((await type(client, page, code)).text).toContain('This code is wrong');
    // A new code works, in the same sign-in.
    const again = await client.agent.follow(await client.agent.submit(page.form('#resend')));
    const fresh = codeIn(await system.mailbox.next('bob@example.com'));
    expect((await type(client, again, fresh)).url.pathname).toBe('/consent');
  });

  it('refuses a code that is too old, and one in another browser', async () => {
    const client = aClient();
    const page = await ask(client, ALICE);
    const code = codeIn(await system.mailbox.next(ALICE));
    const thief = aClient();
    const elsewhere = await ask(thief, 'nobody-here@example.com');
    expect((await type(thief, elsewhere, code)).text).toContain('This code is wrong');
    await system.sql(`UPDATE proofs SET expires_at = clock_timestamp() WHERE purpose = 'email-code'`);
    expect((await type(client, page, code)).text).toContain('This code is wrong');
  });

  it('shows the same page for an address that nobody has, and mails nobody', async () => {
    const pages = await Promise.all([ask(aClient(), 'nobody-here@example.com'), ask(aClient(), 'bob@example.com')]);
    const [unknown, known] = pages.map(({ status, body }) => ({
      status,
      body: body
        .replaceAll(/(nobody-here|bob)@/g, 'x@')
        .replaceAll(/value="[\w-]{22,43}"/g, '')
        .replaceAll(/interaction=[\w-]+/g, ''),
    }));
    expect(unknown).toEqual(known);
    await system.mailbox.next('bob@example.com');
    expect(system.mailbox.mails.map(({ to }) => to)).not.toContain('nobody-here@example.com');
  });

  it('refuses an address that is none, and begins anew on another way', async () => {
    const client = aClient();
    expect((await ask(client, 'alice@example.com, bob@example.com')).text).toContain('This is not an e-mail address');
    const page = await ask(client, ALICE);
    await system.mailbox.next(ALICE);
    const other = await client.agent.follow(await client.agent.submit(page.form('#another-way')));
    expect(other.find('#code')).toHaveLength(0);
    expect(other.find('#email-code-username')).toHaveLength(1);
  });

  it('accepts the address as verified', async () => {
    await system.sql(`UPDATE users SET email_verified = false WHERE email = $1`, [ALICE]);
    const client = aClient();
    const page = await ask(client, ALICE);
    await type(client, page, codeIn(await system.mailbox.next(ALICE)));
    expect(await system.sql(`SELECT email_verified FROM users WHERE email = $1`, [ALICE])).toEqual([
      { email_verified: true },
    ]);
  });
});
