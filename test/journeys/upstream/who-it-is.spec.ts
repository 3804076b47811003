import { UserAgent } from '@tandem/testing';
import { agent, agentSignsInAsAlice, claimsOf, database, made, signIn, verified } from './hand-made.js';

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

  it('leaves the attempts at an account alone when somebody signs in elsewhere who only says to have its address', async () => {
    const attempts = async (): Promise<unknown> =>
      (await database.query(`SELECT count FROM throttles WHERE key = 'login:account:alice@example.com'`)).rows;
    await database.query(
      `INSERT INTO throttles (key, count, resets_at) VALUES ('login:account:alice@example.com', 7, now() + interval '1 hour')
       ON CONFLICT (key) DO UPDATE SET count = 7, resets_at = excluded.resets_at`,
    );
    claimsOf(await signIn({ sub: 'counter', userinfo: { email: 'alice@example.com', email_verified: false } }));
    expect(await attempts()).toEqual([{ count: 7 }]);
    await database.query(`DELETE FROM throttles WHERE key = 'login:account:alice@example.com'`);
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
