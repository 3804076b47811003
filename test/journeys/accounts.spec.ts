import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startTandem, UserAgent } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';

const ALICE = { username: 'alice@example.com', password: 'wonderland-42' };
const BOB = { username: 'bob@example.com', password: 'builder-4242' };

type Person = typeof ALICE;
type Fields = Readonly<Record<string, string>>;
interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly auth_time: number;
}

const claimsOf = ({ id_token: token = '' }: Fields): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;

const isAccounts = (page: Page): boolean => page.url.pathname === '/select-account';

describe('several accounts in one browser', () => {
  let tandem: RunningTandem;
  let database: Client;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'] });
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);

  /** A browser in which one client asks, and a person answers. */
  class Visit {
    readonly agent = new UserAgent();
    readonly client = new DemoClient(tandem);
    /** Paths of the pages that were shown for the last request. */
    seen: string[] = [];

    open(parameters: Fields = {}): Promise<Page> {
      const asked = { scope: 'openid', ...parameters };
      return this.agent.open(this.client.authorizationUrl(asked));
    }

    /** Goes through the pages as `person`; on the page of accounts the button of `account` is pressed. */
    async ask(parameters: Fields, person: Person = ALICE, account?: string): Promise<Fields> {
      let page = await this.open(parameters);
      this.seen = [];
      for (let step = 0; step < 10; step += 1) {
        const form = page.form();
        if (form.action.href === this.client.redirectUri) return Object.fromEntries(form.fields);
        this.seen.push(page.url.pathname);
        page = await this.agent.follow(await this.answer(page, person, account));
      }
      throw new Error('the request does not end');
    }

    private answer(page: Page, person: Person, account?: string): Promise<Page> {
      const form = page.form();
      if (isAccounts(page)) return this.agent.submit(form, { account: this.buttonOf(page, account ?? 'another') });
      return this.agent.submit(
        form,
        form.buttons.some(([name]) => name === 'decision') ? { decision: 'accept' } : person,
      );
    }

    /** The value of an account's button, by the address that it shows. */
    buttonOf(page: Page, account: string): string {
      if (account === 'another') return account;
      const accounts = page.body.split('<li>').slice(1);
      const entry = accounts.find((text) => text.includes(account)) ?? '';
      return /value="([^"]+)"/.exec(entry)?.[1] ?? `no button of ${account}`;
    }
  }

  /** A browser in which both are signed in, Bob last, through the same client. */
  async function both(): Promise<{ visit: Visit; alice: Claims; bob: Claims; responses: readonly Fields[] }> {
    const visit = new Visit();
    const first = await visit.ask({});
    const second = await visit.ask({ prompt: 'login' }, BOB);
    return { visit, alice: claimsOf(first), bob: claimsOf(second), responses: [first, second] };
  }

  it('accepts the same user again into the same session, with a later auth_time and another cookie', async () => {
    const visit = new Visit();
    const first = claimsOf(await visit.ask({}));
    const cookie = await visit.agent.cookies.value(tandem.issuer, 'tandem_session');
    const again = claimsOf(await visit.ask({ prompt: 'login', max_age: '600' }));
    expect(visit.seen).toEqual(['/login']);
    expect(again).toMatchObject({ sub: first.sub, sid: first.sid });
    expect(again.auth_time).toBeGreaterThanOrEqual(first.auth_time);
    expect(await visit.agent.cookies.value(tandem.issuer, 'tandem_session')).not.toBe(cookie);
    const account = await visit.agent.open(`${tandem.issuer}account`);
    expect(account.text.match(/this browser/g)).toHaveLength(1);
  });

  it('issues each account its own sid, and by a hint for either without a page', async () => {
    const { visit, alice, bob, responses } = await both();
    expect(alice.sub).not.toBe(bob.sub);
    expect(alice.sid).not.toBe(bob.sid);
    for (const [person, claims, response] of [
      [ALICE, alice, responses[0]],
      [BOB, bob, responses[1]],
    ] as const) {
      const hints: readonly Fields[] = [
        { id_token_hint: response?.['id_token'] as string },
        { login_hint: person.username.toUpperCase() },
      ];
      for (const hint of hints) {
        const silent = await visit.ask({ prompt: 'none', ...hint });
        expect(claimsOf(silent)).toMatchObject({ sub: claims.sub, sid: claims.sid, auth_time: claims.auth_time });
      }
    }
    const nobody = await visit.ask({ prompt: 'none', login_hint: 'carol@example.com' });
    expect(nobody).toMatchObject({ error: 'account_selection_required' });
  });

  it('refuses to guess: without a hint the page of accounts comes, and prompt=none is refused', async () => {
    const { visit, alice } = await both();
    expect(await visit.ask({ prompt: 'none' })).toMatchObject({ error: 'account_selection_required' });
    const page = await visit.open();
    expect(isAccounts(page)).toBe(true);
    for (const text of ['Alice Example', ALICE.username, 'Bob Example', BOB.username, 'Use another account'])
      expect(page.text).toContain(text);
    const response = await visit.ask({}, ALICE, ALICE.username);
    expect(visit.seen).toEqual(['/select-account']);
    expect(claimsOf(response)).toMatchObject({ sub: alice.sub, sid: alice.sid });
    // Nothing of the other one reaches the client.
    expect(JSON.stringify(claimsOf(response))).not.toContain('bob');
    expect((await visit.agent.open(`${tandem.issuer}account`)).text).toContain('Alice Example');
  });

  it('issues to a client that has dealt with one of them without a page', async () => {
    const { visit, alice } = await both();
    // Another client, which only Alice has let in.
    const asked = { client_id: 'demo-web-pkjwt' };
    const first = await visit.ask(asked, ALICE, ALICE.username);
    expect(visit.seen).toEqual(['/select-account', '/consent']);
    expect(claimsOf(first).sub).toBe(alice.sub);
    const silent = await visit.ask({ ...asked, prompt: 'none' });
    expect(claimsOf(silent).sid).toBe(alice.sid);
  });

  it('shows the page of one account for prompt=select_account, and the sign-in from there', async () => {
    const visit = new Visit();
    const alice = claimsOf(await visit.ask({}));
    expect(claimsOf(await visit.ask({ prompt: 'select_account' }, ALICE, ALICE.username)).sid).toBe(alice.sid);
    expect(visit.seen).toEqual(['/select-account']);
    const bob = claimsOf(await visit.ask({ prompt: 'select_account' }, BOB));
    expect(visit.seen).toEqual(['/select-account', '/login', ...visit.seen.slice(2)]);
    expect(bob.sub).not.toBe(alice.sub);
    const fresh = new Visit();
    await fresh.ask({ prompt: 'select_account' });
    expect(fresh.seen[0]).toBe('/login');
  });

  it('refuses another user than expected, however they were chosen', async () => {
    const { visit, responses } = await both();
    const hint = { id_token_hint: responses[0]?.['id_token'] as string };
    const response = await visit.ask({ ...hint, prompt: 'login' }, BOB);
    expect(response).toMatchObject({ error: 'login_required' });
  });

  it('refuses an account that is not of this browser, and a form without its token', async () => {
    const { visit } = await both();
    const other = claimsOf(await new Visit().ask({}));
    const page = await visit.open();
    const form = page.form();
    const withFields = (changes: Fields): typeof form => ({
      ...form,
      fields: [...form.fields.filter(([name]) => !Object.hasOwn(changes, name)), ...Object.entries(changes)],
      buttons: [],
    });
    const foreign = await visit.agent.follow(await visit.agent.submit(withFields({ account: other.sid })));
    expect(isAccounts(foreign)).toBe(true);
    const forged = await visit.agent.submit(withFields({ account: 'another', csrf: 'x' }));
    expect(forged.status).toBe(403);
    const stranger = await new UserAgent().submit(withFields({ account: 'another' }));
    expect(stranger.status).toBe(403);
  });

  it('refuses to take the sign-in of one account for that of another: prompt=login asks again after a change', async () => {
    const { visit, bob } = await both();
    const login = await visit.open({ prompt: 'login' });
    const id = login.query.get('interaction') ?? '';
    // Alice has signed in for the request; before it goes on, Bob is chosen, and then her session ends.
    await visit.agent.submit(login.form(), ALICE);
    const page = await visit.agent.open(`${tandem.issuer}select-account?interaction=${id}`);
    const changed = await visit.agent.submit(page.form(), { account: visit.buttonOf(page, BOB.username) });
    const again = await visit.agent.follow(changed);
    expect(again.url.pathname).toBe('/login');
    await visit.agent.submit(again.form(), ALICE);
    await database.query('UPDATE sessions SET ended_at = clock_timestamp() WHERE sid <> $1', [bob.sid]);
    const resumed = await visit.agent.open(`${tandem.issuer}authorize?interaction=${id}`);
    expect(resumed.url.pathname).toBe('/login');
  });

  it('shows a logout the account that is meant, and leaves the other', async () => {
    const { visit, alice, bob, responses } = await both();
    const hint = responses[0]?.['id_token'] as string;
    const out = await visit.agent.open(`${tandem.issuer}oidc/logout?id_token_hint=${hint}`);
    expect(out.text).toContain('Other accounts are still signed in');
    expect(claimsOf(await visit.ask({ prompt: 'none' })).sid).toBe(bob.sid);
    expect(await visit.ask({ prompt: 'none', id_token_hint: hint })).toMatchObject({ error: 'login_required' });
    expect(await countOf(alice.sid)).toBe(0);
    // Without a hint it is asked for, and all of them can be ended at once.
    const again = claimsOf(await visit.ask({ prompt: 'login' }));
    const asked = await visit.agent.open(`${tandem.issuer}oidc/logout`);
    expect(asked.text).toContain('Sign out of all 2 accounts');
    await visit.agent.submit(asked.form(), { confirm: 'all' });
    expect(await visit.ask({ prompt: 'none' })).toMatchObject({ error: 'login_required' });
    expect([await countOf(again.sid), await countOf(bob.sid)]).toEqual([0, 0]);
  });

  it('tells a client’s iframe unchanged while its own account is signed in, whatever becomes of the other', async () => {
    const { visit, responses } = await both();
    const [alice, bob] = responses as readonly [Fields, Fields];
    const states = (): Promise<readonly string[]> =>
      visit.agent.cookies.value(tandem.issuer, 'tandem_session_state').then((value = '') => value.split('.'));
    /** As views/check-session.js does it. */
    const isUnchanged = async (response: Fields): Promise<boolean> => {
      const [hash, salt] = (response['session_state'] ?? '').split('.');
      const { origin } = new URL(visit.client.redirectUri);
      return (await states()).some(
        (state) => createHash('sha256').update(`demo-web ${origin} ${state} ${salt}`).digest('base64url') === hash,
      );
    };
    expect([await isUnchanged(alice), await isUnchanged(bob)]).toEqual([true, true]);
    await visit.ask({ prompt: 'login' }, BOB);
    expect([await isUnchanged(alice), await isUnchanged(bob)]).toEqual([true, true]);
    await visit.agent.open(`${tandem.issuer}oidc/logout?id_token_hint=${bob['id_token']}`);
    expect([await isUnchanged(alice), await isUnchanged(bob)]).toEqual([true, false]);
  });

  it('shows the answer of a request to its own account, when another one became active meanwhile', async () => {
    const { visit, alice } = await both();
    const nonce = randomUUID();
    const page = await visit.open({ prompt: 'select_account consent', nonce });
    const chosen = await visit.agent.submit(page.form(), { account: visit.buttonOf(page, ALICE.username) });
    const consent = await visit.agent.follow(chosen);
    expect(consent.text).toContain('Alice Example');
    // In another tab Bob becomes the active one.
    await visit.ask({ prompt: 'select_account' }, BOB, BOB.username);
    const response = await visit.agent.follow(await visit.agent.submit(consent.form(), { decision: 'accept' }));
    expect(claimsOf(Object.fromEntries(response.form().fields))).toMatchObject({ sid: alice.sid, nonce });
  });

  const countOf = async (sid: string): Promise<number> => {
    const text = 'SELECT count(*)::int AS n FROM sessions WHERE sid = $1 AND ended_at IS NULL';
    const { rows } = await database.query<{ n: number }>(text, [sid]);
    return rows[0]?.n ?? -1;
  };
});
