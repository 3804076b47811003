import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';
import { Client } from 'pg';
import { optionsOn, PasskeyBrowser } from '../support/passkey-browser.js';

const ALICE = { username: 'alice@example.com', password: 'wonderland-42' };

describe('the offer of a passkey after a sign-in', () => {
  let tandem: RunningTandem;
  let database: Client;

  beforeAll(async () => {
    const port = await freePort();
    const declared = demoConfiguration(`http://localhost:${port}`);
    tandem = await startTandem({
      apps: ['auth-server'],
      config: `${declared.replace('client_id: demo-web-pkjwt', '$&\n    login_methods: [password]')}
login: { methods: [password, passkey] }
passkeys: { offer_after_sign_in: true }`,
      ports: { 'sample-client': port },
    });
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);
  beforeEach(() => database.query('TRUNCATE passkeys, audit_events, mails'));

  async function signIn(browser: PasskeyBrowser, parameters: Readonly<Record<string, string>> = {}): Promise<Page> {
    const { agent } = browser.client;
    const login = await browser.login({ prompt: 'login', ...parameters });
    return agent.follow(await agent.submit(login.form(), ALICE));
  }
  const answerOf = (offer: Page, browser: PasskeyBrowser): Record<string, string> => ({
    credential: JSON.stringify(browser.device.create(optionsOn(offer))),
    name: 'Laptop',
  });

  it('accepts a passkey within the sign-in, which then goes on; the next one is by that passkey and nothing is offered', async () => {
    const browser = new PasskeyBrowser(tandem);
    const { agent } = browser.client;
    const offer = await signIn(browser);
    expect(offer.url.pathname).toBe('/login/passkey');
    expect(await browser.finish(await agent.submit(offer.form('#passkey'), answerOf(offer, browser)))).toHaveProperty(
      'id_token',
    );
    const { rows } = await database.query('SELECT type FROM audit_events ORDER BY id');
    expect(rows.map(({ type }: { type: string }) => type)).toContain('passkey.added');
    expect((await database.query('SELECT 1 FROM mails')).rowCount).toBe(1);
    const again = new PasskeyBrowser(tandem, browser.device);
    expect(await again.finish(await again.answer(await again.login()))).toHaveProperty('id_token');
    expect((await signIn(again)).url.pathname).not.toBe('/login/passkey');
  });

  it('goes on without one for who does not want it now, and leaves that browser alone, but no other', async () => {
    const browser = new PasskeyBrowser(tandem);
    const offer = await signIn(browser);
    const declined = await browser.client.agent.submit(offer.form('#later'), { later: '1' });
    expect(declined.headers.get('set-cookie')).toContain('Max-Age=7776000');
    expect(await browser.finish(declined)).toHaveProperty('id_token');
    expect((await signIn(browser)).url.pathname).not.toBe('/login/passkey');
    expect((await signIn(new PasskeyBrowser(tandem))).url.pathname).toBe('/login/passkey');
  });

  it('refuses an answer that does not fit and asks anew, and goes on when the session has ended meanwhile', async () => {
    const browser = new PasskeyBrowser(tandem);
    const { agent } = browser.client;
    const offer = await signIn(browser);
    const refused = await agent.submit(offer.form('#passkey'), { credential: '{}' });
    expect(refused.find('#problem')).toHaveLength(1);
    await database.query('UPDATE sessions SET ended_at = now()');
    const ended = await agent.follow(await agent.submit(refused.form('#passkey'), answerOf(refused, browser)));
    expect(ended.url.pathname).toBe('/login');
    expect((await database.query('SELECT 1 FROM passkeys')).rowCount).toBe(0);
  });

  it('shows nothing where a passkey would not help, and nothing long after the sign-in', async () => {
    const browser = new PasskeyBrowser(tandem);
    const only = await signIn(browser, { client_id: 'demo-web-pkjwt' });
    expect(only.url.pathname).not.toBe('/login/passkey');
    const other = new PasskeyBrowser(tandem);
    const offer = await signIn(other);
    await database.query(`UPDATE sessions SET auth_time = auth_time - interval '11 minutes'`);
    expect((await other.client.agent.open(offer.url)).url.pathname).not.toBe('/login/passkey');
  });
});
