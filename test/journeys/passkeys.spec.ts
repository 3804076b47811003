import { demoConfiguration, freePort } from '@tandem/dev';
import { SoftwareAuthenticator, startTandem, tamperedWith } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';
import { Client } from 'pg';
import { optionsOn, PasskeyBrowser } from '../support/passkey-browser.js';

const SETTINGS = `
login: { methods: [password, passkey] }
login_throttle: { attempts_per_address: 40 }
passkeys: { per_user: 2 }
`;

/** The demo's system with passkeys; one of its clients admits passwords only. */
const configuration = (sampleClientUrl: string): string =>
  demoConfiguration(sampleClientUrl).replace('client_id: demo-web-pkjwt', '$&\n    login_methods: [password]') +
  SETTINGS;

describe('passkeys, with an authenticator in software', () => {
  let tandem: RunningTandem;
  let database: Client;

  beforeAll(async () => {
    const port = await freePort();
    const config = configuration(`http://localhost:${port}`);
    tandem = await startTandem({ apps: ['auth-server'], config, ports: { 'sample-client': port } });
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);
  beforeEach(() =>
    database.query('TRUNCATE passkeys, throttles, audit_events, mails; UPDATE users SET disabled_at = NULL'),
  );

  const audited = async (): Promise<readonly string[]> =>
    (await database.query<{ type: string }>('SELECT type FROM audit_events ORDER BY id')).rows.map(({ type }) => type);
  const aBrowser = (device?: SoftwareAuthenticator): PasskeyBrowser => new PasskeyBrowser(tandem, device);
  /** A browser of its own, without cookies, with the device of one that has enrolled a passkey. */
  async function enrolled(device?: SoftwareAuthenticator): Promise<PasskeyBrowser> {
    const first = aBrowser(device);
    await first.enrol('Laptop');
    return aBrowser(first.device);
  }
  const claimsOf = (token = ''): Readonly<Record<string, unknown>> =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  /** The page says why not, asks anew, and a password still works on it. */
  async function expectRefused(browser: PasskeyBrowser, page: Page, text: RegExp): Promise<void> {
    expect([page.status, page.url.pathname]).toEqual([200, '/login']);
    expect(page.find('#problem')).toHaveLength(1);
    expect(page.text).toMatch(text);
    const { agent } = browser.client;
    const alice = { username: 'alice@example.com', password: 'wonderland-42' };
    expect(await browser.finish(await agent.submit(page.form(), alice))).toHaveProperty('id_token');
  }

  it('accepts a passkey for a complete hybrid sign-in, and tells in both ID tokens how it was', async () => {
    const browser = await enrolled();
    const answer = await browser.finish(await browser.answer(await browser.login()));
    const response = await browser.client.exchange(answer['code'] as string);
    const { id_token: second } = (await response.json()) as { id_token: string };
    for (const token of [answer['id_token'], second])
      expect(claimsOf(token)).toMatchObject({ acr: 'phr', amr: ['pop', 'user', 'mfa'] });
    expect(await audited()).toEqual(expect.arrayContaining(['passkey.added', 'login.succeeded']));
    expect((await aliceAccount()).text).toContain('last used');
  });

  const aliceAccount = (): Promise<Page> => aBrowser().account();

  describe('the login page', () => {
    it('shows a fresh challenge each time, and tells the password field of passkeys', async () => {
      const browser = aBrowser();
      const first = await browser.login();
      const second = await browser.client.agent.open(first.url);
      expect(optionsOn(first).challenge).not.toBe(optionsOn(second).challenge);
      const autocomplete = first.find('#username')[0]?.attrs.find(({ name }) => name === 'autocomplete')?.value;
      expect(autocomplete).toBe('username webauthn');
      expect(optionsOn(first).rpId).toBe('localhost');
    });

    it('accepts the answers of several tabs that show one request, each once', async () => {
      const browser = await enrolled();
      const first = await browser.login();
      const tabs = [first, await browser.client.agent.open(first.url), await browser.client.agent.open(first.url)];
      const device = new SoftwareAuthenticator('http://localhost');
      // A tab that nobody's passkey answers spends its own challenge alone.
      const wrong = JSON.stringify(device.create({ challenge: 'AA', user: { id: 'AA' } }));
      expect((await browser.send(tabs[0] as Page, wrong)).text).toContain('could not be used');
      expect(await browser.finish(await browser.answer(tabs[1] as Page))).toHaveProperty('code');
    });

    it('says without JavaScript that passkeys need it', async () => {
      const page = await aBrowser().login();
      expect(page.text).toContain('Passkeys need JavaScript, which is off in this browser.');
    });
  });

  describe('an answer', () => {
    it('refused when the same one is sent twice', async () => {
      const browser = await enrolled();
      const login = await browser.login();
      const credential = JSON.stringify(browser.device.get(optionsOn(login)));
      const stolen = aBrowser();
      expect((await browser.send(login, credential)).status).toBe(303);
      const again = await browser.send(login, credential);
      // The request went on, so its challenge is gone; nor is it one of another request.
      expect(again.text).toContain('used already');
      const theirs = await stolen.login();
      await expectRefused(stolen, await stolen.send(theirs, credential), /could not be used here/);
    });

    it('accepted once of ten at the same time', async () => {
      const browser = await enrolled();
      const login = await browser.login();
      const credential = JSON.stringify(browser.device.get(optionsOn(login)));
      const sent = await Promise.all(Array.from({ length: 10 }, () => browser.send(login, credential)));
      expect(sent.filter(({ status }) => status === 303)).toHaveLength(1);
    });

    it.each([
      ['for another challenge', { challenge: 'bm90IHRoZSBjaGFsbGVuZ2U' }],
      ['from another origin', { origin: 'http://localhost' }],
      ['for another relying party', { rpId: 'op.localhost' }],
      ['without user verification', { verified: false }],
    ])('refused %s; the page stays usable', async (_what, lies) => {
      const browser = await enrolled();
      await expectRefused(browser, await browser.answer(await browser.login(), lies), /could not be used here/);
      expect(await audited()).toContain('login.refused');
    });

    it.each([
      ['nothing', ''],
      ['no JSON', '{'],
      ['a list', '[]'],
      ['half of it', '{"id":"AA","rawId":"AA"}'],
    ])('refused when it is %s', async (_what, credential) => {
      const browser = aBrowser();
      await expectRefused(browser, await browser.send(await browser.login(), credential), /could not be used here/);
    });

    it('refused by a count that goes back, which is audited; accepted of a device that does not count', async () => {
      const browser = await enrolled();
      await browser.finish(await browser.answer(await browser.login()));
      const copy = aBrowser(browser.device);
      await expectRefused(copy, await copy.answer(await copy.login(), { counter: 1 }), /could not be used here/);
      expect(await audited()).toContain('passkey.counter_went_back');
      await database.query('TRUNCATE passkeys');
      const uncounted = await enrolled(new SoftwareAuthenticator(new URL(tandem.issuer).origin, false));
      for (let time = 0; time < 2; time += 1) {
        const next = aBrowser(uncounted.device);
        expect(await next.finish(await next.answer(await next.login()))).toHaveProperty('code');
      }
    });

    it('tells nothing of a count in an answer whose signature is wrong', async () => {
      const browser = await enrolled();
      await browser.finish(await browser.answer(await browser.login()));
      const forger = aBrowser(browser.device);
      const login = await forger.login();
      const forged = forger.device.get(optionsOn(login), { counter: 1 }) as { response: object };
      const other = new SoftwareAuthenticator(new URL(tandem.issuer).origin);
      other.create({ ...optionsOn(login), rp: { id: 'localhost' }, user: { id: 'AA' } });
      const { response } = other.get(optionsOn(login)) as { response: { signature: string } };
      const answer = { ...forged, response: { ...forged.response, signature: response.signature } };
      await forger.send(login, JSON.stringify(answer));
      expect(await audited()).not.toContain('passkey.counter_went_back');
    });

    it('refused of a passkey that was removed, and of a user who is disabled', async () => {
      const browser = await enrolled();
      const login = await browser.login();
      await database.query("UPDATE users SET disabled_at = now() WHERE email = 'alice@example.com'");
      expect((await browser.answer(login)).text).toContain('could not be used');
      await database.query('UPDATE users SET disabled_at = NULL');
      const owner = aBrowser();
      await owner.change(await owner.account(), 'remove-passkey');
      const later = aBrowser(browser.device);
      await expectRefused(later, await later.answer(await later.login()), /could not be used here/);
    });

    it('throttled after too many failures from one address, the password with it, until the window ends', async () => {
      const browser = aBrowser();
      let page = await browser.login();
      for (let failure = 0; failure < 40; failure += 1) page = await browser.send(page, '{}');
      expect(page.status).toBe(200);
      page = await browser.send(page, '{}');
      expect(page.status).toBe(429);
      expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await audited()).toContain('login.throttled');
      const alice = { username: 'alice@example.com', password: 'wonderland-42' };
      const blocked = await browser.client.agent.submit(page.form(), alice);
      expect(blocked.status).toBe(429);
      await database.query("UPDATE throttles SET resets_at = now() - interval '1 hour'");
      expect(await browser.finish(await browser.client.agent.submit(page.form(), alice))).toHaveProperty('code');
    });
  });

  describe('the account page', () => {
    it('shows what was added, under its new name, until it is removed, and tells the user of both by mail', async () => {
      const browser = aBrowser();
      const added = await browser.enrol('Laptop <b>');
      expect(added.text).toMatch(/The passkey was added\..*Laptop <b>/);
      const renamed = await browser.change(added, 'rename-passkey', { name: 'Phone' });
      expect(renamed.text).toMatch(/has a new name\..*Phone/);
      const removed = await browser.change(renamed, 'remove-passkey');
      expect(removed.text).toMatch(/was removed.*You have no passkey yet\./);
      expect(await audited()).toEqual(expect.arrayContaining(['passkey.added', 'passkey.renamed', 'passkey.removed']));
      const mails = await database.query<{ recipient: string }>('SELECT recipient FROM mails');
      expect(mails.rows.map(({ recipient }) => recipient)).toEqual(['alice@example.com', 'alice@example.com']);
    });

    it('refuses more than are allowed, and a second one on the same device', async () => {
      const browser = aBrowser();
      await browser.enrol('One');
      await expect(browser.enrol('Again')).rejects.toThrow('InvalidStateError');
      expect((await aBrowser().enrol('Two')).text).toContain('was added');
      const page = await browser.change(await browser.account(), 'add-passkey');
      expect(page.text).toContain('as many passkeys as are allowed');
    });

    it('refuses an answer that is sent twice, and one that another user was asked for', async () => {
      const [alice, bob] = [aBrowser(), aBrowser()];
      const asked = await alice.change(await alice.account(), 'add-passkey');
      const credential = JSON.stringify(alice.device.create(optionsOn(asked)));
      const bobAsked = await bob.change(await bob.account('bob'), 'add-passkey');
      const taken = await bob.change(bobAsked, 'keep-passkey', { credential, name: 'Mine' });
      expect(taken.text).toContain('could not be added');
      // It was spent by that: Alice is asked anew.
      expect((await alice.change(asked, 'keep-passkey', { credential, name: 'x' })).text).toContain(
        'could not be added',
      );
      expect((await alice.enrol('x')).text).toContain('was added');
      expect((await database.query('SELECT 1 FROM passkeys')).rowCount).toBe(1);
    });

    it('refuses to add a credential without user verification, and one of somebody else', async () => {
      const browser = aBrowser();
      expect((await browser.enrol('Laptop', 'alice', { verified: false })).text).toContain('could not be added');
      await browser.enrol('Laptop');
      const before = await database.query('SELECT * FROM passkeys');
      const bob = aBrowser();
      expect((await bob.enrol('Mine', 'bob')).text).toContain('was added');
      const gone = await bob.change(await bob.account('bob'), 'rename-passkey', { name: 'Theirs' });
      expect(gone.text).toContain('new name');
      expect((await database.query("SELECT * FROM passkeys WHERE name = 'Laptop'")).rows).toEqual(before.rows);
    });

    it('asks to sign in again before a passkey is added or removed, when the sign-in is old', async () => {
      const browser = aBrowser();
      const account = await browser.enrol('Laptop');
      await database.query("UPDATE sessions SET auth_time = auth_time - interval '11 minutes'");
      for (const action of ['add-passkey', 'remove-passkey'])
        expect((await browser.change(account, action)).url.pathname).toBe('/login');
      expect((await database.query('SELECT 1 FROM passkeys')).rowCount).toBe(1);
    });
  });

  it('refuses the method where the client admits passwords only, and shows nothing of it', async () => {
    const browser = await enrolled();
    const page = await browser.login({ client_id: 'demo-web-pkjwt' });
    expect(page.find('#passkey')).toHaveLength(0);
    expect(page.find('#username')[0]?.attrs).toContainEqual({ name: 'autocomplete', value: 'username' });
    const refused = await browser.client.agent.submit(tamperedWith(page.form(), { method: 'passkey' }));
    expect(refused.status).toBe(400);
  });
});
