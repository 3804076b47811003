import type { Page } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { codeIn } from '../support/mail-catcher.js';
import { MANY_MAILS, startTandemWithMail, type TandemWithMail } from '../support/tandem-with-mail.js';

const ALICE = 'alice@example.com';

describe('the user’s own details on the account page', () => {
  let system: TandemWithMail;
  let users: readonly object[];
  beforeAll(async () => {
    system = await startTandemWithMail({ extra: `${MANY_MAILS}\nlogin_throttle: { attempts_per_account: 5 }` });
    users = await system.sql('SELECT user_id, email, email_key, email_verified, claims, password_hash FROM users');
  }, 60_000);
  afterAll(() => system?.stop(), 60_000);
  /** Everybody as declared, and nobody counted. */
  afterEach(async () => {
    await system.sql('DELETE FROM throttles');
    await system.sql(
      `UPDATE users u SET email = r.email, email_key = r.email_key, email_verified = r.email_verified, claims = r.claims,
              password_hash = r.password_hash
         FROM jsonb_to_recordset($1) r (user_id text, email text, email_key text, email_verified boolean, claims jsonb, password_hash text)
        WHERE u.user_id = r.user_id`,
      [JSON.stringify(users)],
    );
  });

  async function signIn(username = ALICE, password = 'wonderland-42'): Promise<{ client: DemoClient; account: Page }> {
    const client = new DemoClient(system.tandem);
    const login = await client.agent.open(`${system.tandem.issuer}account`);
    const account = await client.agent.follow(await client.agent.submit(login.form(), { username, password }));
    return { client, account };
  }

  it('accepts a profile, keeps the claims that it does not name, and refuses what is no language or picture', async () => {
    const { client, account } = await signIn();
    const values = { name: 'Alice Liddell', nickname: '', locale: 'de-AT', zoneinfo: 'Europe/Vienna' };
    const saved = await client.agent.submit(account.form('#profile-form'), values);
    expect(saved.text).toContain('Your profile is saved');
    expect(saved.text).toContain('Alice Liddell');
    const [{ claims }] = (await system.sql<{ claims: Record<string, unknown> }>(
      'SELECT claims FROM users WHERE email_key = $1',
      [ALICE],
    )) as [{ claims: Record<string, unknown> }];
    expect(claims).toMatchObject({ name: 'Alice Liddell', locale: 'de-AT', preferred_username: 'alice' });
    expect(claims).not.toHaveProperty('nickname');
    for (const bad of [
      { locale: 'no language!' },
      { zoneinfo: 'Mars/Olympus' },
      { picture: 'http://x.example/a.png' },
      { name: 'a'.repeat(101) },
      { name: 'Eve \u202Eecila' },
    ]) {
      const refused = await client.agent.submit(saved.form('#profile-form'), bad as unknown as Record<string, string>);
      expect(refused.text).toContain('Nothing was changed');
    }
  });

  it('accepts a new address by the code sent to it, and tells the old one', async () => {
    const { client, account } = await signIn();
    const asked = await client.agent.submit(account.form('#email-change-form'), { email: 'liddell@example.com' });
    const code = codeIn(await system.mailbox.next('liddell@example.com'));
    const wrong = await client.agent.submit(asked.form('#email-confirm-form'), {
      code: code === '000000' ? '000001' : '000000',
    });
    expect(wrong.text).toContain('This code is wrong');
    const done = await client.agent.submit(wrong.form('#email-confirm-form'), { code });
    expect(done.text).toContain('Your e-mail address is confirmed');
    expect(done.text).toContain('liddell@example.com');
    const notice = await system.mailbox.next(ALICE);
    expect(notice.subject).toBe('Your e-mail address was changed');
    const again = await client.agent.submit(asked.form('#email-confirm-form'), { code });
    expect(again.text).toContain('This code is wrong');
    expect((await signIn('liddell@example.com')).account.url.pathname).toBe('/account');
  });

  it('tells nobody but its mailbox that an address has an account, and wants a fresh sign-in', async () => {
    const { client, account } = await signIn();
    const asked = await client.agent.submit(account.form('#email-change-form'), { email: 'bob@example.com' });
    expect(asked.text).toContain('We have sent a mail to bob@example.com');
    const mail = await system.mailbox.next('bob@example.com');
    expect([mail.subject, codeIn(mail)]).toEqual(['This address has an account', '']);
    await system.sql(`UPDATE sessions SET auth_time = auth_time - interval '1 hour'`);
    const stale = await client.agent.submit(account.form('#email-change-form'), { email: 'liddell@example.com' });
    expect(stale.location?.pathname).toBe('/authorize');
  });

  it('keeps what a user changed over a restart with the same file', async () => {
    const { client, account } = await signIn('bob@example.com', 'builder-4242');
    await client.agent.submit(account.form('#profile-form'), { name: 'Bob the Builder' });
    const values = { current: 'builder-4242', password: 'seven quiet herons' };
    await client.agent.submit(account.form('#password-form'), values);
    await system.tandem.app('auth-server').stop();
    await system.tandem.app('auth-server').start();
    await system.tandem.app('auth-server').untilReady();
    expect((await signIn('bob@example.com', 'seven quiet herons')).account.text).toContain('Bob the Builder');
  });

  it('accepts an address that was not verified', async () => {
    await system.sql('UPDATE users SET email_verified = false');
    const { client, account } = await signIn();
    expect(account.text).toContain('not confirmed');
    const asked = await client.agent.submit(account.form('#email-verify-form'));
    const done = await client.agent.submit(asked.form('#email-confirm-form'), {
      code: codeIn(await system.mailbox.next(ALICE)),
    });
    expect(done.text).toContain('Your e-mail address is confirmed');
    expect(done.text).not.toContain('not confirmed');
  });

  it('accepts a new password from who knows the old one, ends the other sessions, and tells by mail', async () => {
    const [other, here] = [await signIn(), await signIn()];
    const wrong = await here.client.agent.submit(here.account.form('#password-form'), {
      current: 'no idea',
      password: 'white rabbit, late',
    });
    expect(wrong.text).toContain('The current password is not right');
    const weak = await here.client.agent.submit(wrong.form('#password-form'), {
      current: 'wonderland-42',
      password: 'qwerty123',
    });
    expect(weak.text).toContain('known from leaks');
    const done = await here.client.agent.submit(weak.form('#password-form'), {
      current: 'wonderland-42',
      password: 'white rabbit, late',
    });
    expect(done.text).toContain('Your password is changed');
    expect((await system.mailbox.next(ALICE)).subject).toBe('Your password was changed');
    const account = `${system.tandem.issuer}account`;
    expect((await other.client.agent.open(account)).url.pathname).toBe('/login');
    expect((await here.client.agent.open(account)).url.pathname).toBe('/account');
    expect((await signIn(ALICE, 'white rabbit, late')).account.url.pathname).toBe('/account');
  });

  it('refuses to try passwords there without end: the counters are those of the sign-in', async () => {
    const { client, account } = await signIn();
    const form = account.form('#password-form');
    const values = { current: 'guess', password: 'white rabbit, late' };
    for (let guess = 0; guess < 5; guess += 1) await client.agent.submit(form, values);
    const full = await client.agent.submit(form, { ...values, current: 'wonderland-42' });
    expect([full.status, full.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
    expect((await signIn()).account.status).toBe(429);
  });

  it('accepts a first password for an account without one, soon after the sign-in only', async () => {
    const { client } = await signIn();
    await system.sql('UPDATE users SET password_hash = NULL WHERE email_key = $1', [ALICE]);
    const account = await client.agent.open(`${system.tandem.issuer}account`);
    expect(account.text).toContain('has no password yet');
    const form = account.form('#password-form');
    await system.sql(`UPDATE sessions SET auth_time = auth_time - interval '1 hour'`);
    expect((await client.agent.submit(form, { password: 'white rabbit, late' })).location?.pathname).toBe('/authorize');
    await system.sql(`UPDATE sessions SET auth_time = auth_time + interval '1 hour'`);
    expect((await client.agent.submit(form, { password: 'white rabbit, late' })).text).toContain('is changed');
    expect((await signIn(ALICE, 'white rabbit, late')).account.url.pathname).toBe('/account');
  });
});
