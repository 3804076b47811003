import { UserAgent } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { codeIn, linkIn } from '../support/mail-catcher.js';
import { until } from '../support/measurement.js';
import { MANY_MAILS, startTandemWithMail, type TandemWithMail } from '../support/tandem-with-mail.js';

const ALICE = 'alice@example.com';

async function askForCode(system: TandemWithMail, address: string): Promise<number> {
  const client = new DemoClient(system.tandem);
  const login = await client.agent.open(client.authorizationUrl({ scope: 'openid' }));
  return (await client.agent.submit(login.form(), { username: address })).status;
}

describe('mail on its way', () => {
  let system: TandemWithMail;
  beforeAll(async () => {
    system = await startTandemWithMail({ login: '{ methods: [email-code], sign_up: true }', extra: MANY_MAILS });
  }, 60_000);
  afterAll(() => system?.stop(), 60_000);

  const waiting = async (): Promise<number> => (await system.sql('SELECT 1 FROM mails WHERE sent_at IS NULL')).length;
  /** What is put off comes up at once. */
  const hurry = (): Promise<unknown> => system.sql('UPDATE mails SET due_at = clock_timestamp() WHERE sent_at IS NULL');

  it('sends mail that was asked for while the mail server was away, once it is back', async () => {
    await system.mailbox.stop();
    const started = performance.now();
    expect(await askForCode(system, ALICE)).toBe(303);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await until(async () => (await system.sql('SELECT 1 FROM mails WHERE attempts > 0')).length > 0, 10)).toBe(
      true,
    );
    await system.mailbox.start();
    await hurry();
    expect(codeIn(await system.mailbox.next(ALICE))).toMatch(/^\d{6}$/);
    expect(await until(async () => (await waiting()) === 0, 10)).toBe(true);
    const replica = await system.tandem.replica('auth-server');
    await askForCode(system, ALICE);
    await system.mailbox.next(ALICE);
    await hurry();
    expect(system.mailbox.mails).toEqual([]);
    await replica.stop();
  });

  it('sends what was written last before the process ends', async () => {
    await askForCode(system, ALICE);
    await system.tandem.app('auth-server').stop();
    expect(codeIn(await system.mailbox.next(ALICE))).toMatch(/^\d{6}$/);
    expect(await waiting()).toBe(0);
    await system.tandem.app('auth-server').start();
    await system.tandem.app('auth-server').untilReady();
  });

  it('gives up on a mailbox that does not exist', async () => {
    await system.sql(
      `UPDATE users SET email = 'nobody@example.com', email_key = 'nobody@example.com' WHERE email_key = 'bob@example.com'`,
    );
    await askForCode(system, 'nobody@example.com');
    const givenUp = async (why: string): Promise<boolean> =>
      until(
        async () =>
          (
            await system.sql(`SELECT 1 FROM audit_events WHERE type = 'mail.given_up' AND detail->>'why' LIKE $1`, [
              why,
            ])
          ).length > 0,
        10,
      );
    expect(await givenUp('EENVELOPE 550')).toBe(true);
    expect(await waiting()).toBe(0);
  });

  it('tells no address, code or link in a log', async () => {
    const email = 'canary-5261@example.com';
    const client = new DemoClient(system.tandem);
    const page = await client.agent.open(client.authorizationUrl({ prompt: 'create' }));
    const form = await client.agent.follow(await client.agent.submit(page.form(), { email, name: 'Canary 5262' }));
    const mail = await system.mailbox.next(email);
    await client.agent.open(linkIn(mail));
    await client.agent.submit(form.form(), { code: codeIn(mail) });
    const logs = system.tandem.logs().join('\n');
    const token = new URL(linkIn(mail)).searchParams.get('token') as string;
    expect(logs.length).toBeGreaterThan(0);
    for (const secret of ['canary-5261', 'Canary 5262', codeIn(mail), token, ALICE]) expect(logs).not.toContain(secret);
  });

  it('shows mails in the language of the browser', async () => {
    const agent = new UserAgent({ headers: { 'accept-language': 'de-AT,de;q=0.9' } });
    const login = await agent.open(new DemoClient(system.tandem).authorizationUrl({ scope: 'openid' }));
    await agent.submit(login.form(), { username: ALICE });
    const mail = await system.mailbox.next(ALICE);
    expect(mail.subject).toBe(`${codeIn(mail)} ist Ihr Anmeldecode`);
    expect(mail.text).toContain('Er gilt 10 Minuten und nur in dem Browser, in dem Sie ihn angefordert haben.');
  });
});

describe('the mailbox page of a development system', () => {
  let system: TandemWithMail;
  beforeAll(async () => {
    system = await startTandemWithMail({ mail: false, extra: MANY_MAILS });
  }, 60_000);
  afterAll(() => system?.stop(), 60_000);

  it('shows what would have been sent, the newest first, with links, and nothing that is for nobody', async () => {
    const client = new DemoClient(system.tandem);
    const sent = async (email: string): Promise<void> => {
      const page = await client.agent.open(client.authorizationUrl({ prompt: 'create' }));
      const again =
        page.find('#again').length === 0
          ? page
          : await client.agent.follow(await client.agent.submit(page.form('#again')));
      await client.agent.submit(again.form(), { email, password: 'seven quiet herons' });
    };
    await sent('first@example.com');
    await sent('second@example.com');
    const login = await client.agent.open(client.authorizationUrl());
    const reset = await client.agent.open(new URL(`/password-reset${login.url.search}`, login.url));
    await client.agent.submit(reset.form(), { email: 'nobody-has-this@example.com' });
    const mailbox = await new UserAgent().open(`${system.tandem.issuer}mailbox`);
    expect(mailbox.text.indexOf('second@example.com')).toBeLessThan(mailbox.text.indexOf('first@example.com'));
    expect(mailbox.text).not.toContain('nobody-has-this');
    const confirmation = await client.agent.open(mailbox.link('a'));
    expect([confirmation.url.pathname, confirmation.status]).toEqual(['/sign-up/confirm', 200]);
  });
});
