import { UserAgent } from '@tandem/testing';
import type { Page } from '@tandem/testing';
import { agent, claimsOf, database, provider, signIn, tandem, typesOfAudit, verified } from './hand-made.js';

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
