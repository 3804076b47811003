import { SessionStore, UserStore } from '@tandem/persistence';
import type { FastifyRequest } from 'fastify';
import type { AnswerHeaders } from '../http/answer.js';
import { startApp, type RunningApp } from '../running-app.spec-support.js';
import { BrowserSessions } from './browser-sessions.js';

const NAMES = ['ann', 'ben', 'cat', 'dan', 'eve', 'fay'] as const;

let running: RunningApp;
let sessions: BrowserSessions;
let ids: Readonly<Record<string, string>>;

beforeAll(async () => {
  running = await startApp('{}');
  sessions = running.app.get(BrowserSessions);
  const users = running.app.get(UserStore);
  ids = Object.fromEntries(
    await Promise.all(
      NAMES.map(async (name) => [
        name,
        await users.keep({ email: `${name}@example.com`, emailVerified: true, claims: {} }),
      ]),
    ),
  );
});
afterAll(() => running.close());

/** A browser as far as its cookies matter. */
class Browser {
  readonly jar = new Map<string, string>();

  get request(): FastifyRequest {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    return { headers: { cookie, 'user-agent': 'Firefox' } } as unknown as FastifyRequest;
  }

  take(headers: AnswerHeaders): void {
    for (const header of [headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (header.includes('Max-Age=0')) this.jar.delete(name);
      else this.jar.set(name, value);
    }
  }

  async signIn(name: string, amr: readonly string[] = ['pwd']): Promise<string> {
    const { session, headers } = await sessions.start(this.request, { userId: ids[name] as string, amr });
    this.take(headers);
    return session.sid;
  }

  async names(): Promise<readonly string[]> {
    return (await sessions.all(this.request, 'web')).map(({ user }) => user.email.split('@')[0] as string);
  }
}

describe('the accounts of a browser', () => {
  it('shows who signed in last as the active one, and the others behind', async () => {
    const browser = new Browser();
    for (const name of ['ann', 'ben', 'cat']) await browser.signIn(name);
    expect(await browser.names()).toEqual(['cat', 'ben', 'ann']);
    expect((await sessions.find(browser.request, 'web'))?.user.email).toBe('cat@example.com');
  });

  it('accepts a new sign-in of the same user into the same session, with other cookies and what it proves', async () => {
    const browser = new Browser();
    const sid = await browser.signIn('ann');
    await browser.signIn('ben');
    const before = new Map(browser.jar);
    expect(await browser.signIn('ann', ['pop', 'user', 'mfa'])).toBe(sid);
    expect(await browser.names()).toEqual(['ann', 'ben']);
    const session = (await sessions.find(browser.request, 'web'))?.session;
    expect(session).toMatchObject({ sid, acr: 'phr', amr: ['pop', 'user', 'mfa'] });
    expect([...before.values()]).not.toContain(browser.jar.get('__Host-tandem_session'));
    const stale = new Browser();
    for (const [name, value] of before) stale.jar.set(name, value);
    expect(await stale.names()).toEqual(['ben']);
    const own = await running.app.get(SessionStore).ofUser(ids['ann'] as string);
    expect(own.filter((one) => one.sid === sid)).toHaveLength(1);
  });

  it('issues a new session where the old one has ended meanwhile', async () => {
    const browser = new Browser();
    const sid = await browser.signIn('ann');
    await running.app.get(SessionStore).end(sid);
    expect(await browser.signIn('ann')).not.toBe(sid);
    expect(await browser.names()).toEqual(['ann']);
  });

  it('shows five at most: the one longest unused is signed out', async () => {
    const browser = new Browser();
    const first = await browser.signIn('ann');
    for (const name of ['ben', 'cat', 'dan', 'eve', 'fay']) await browser.signIn(name);
    expect(await browser.names()).toEqual(['fay', 'eve', 'dan', 'cat', 'ben']);
    const own = await running.app.get(SessionStore).ofUser(ids['ann'] as string);
    expect(own.map(({ sid }) => sid)).not.toContain(first);
  });

  it('shows another one as active after it was chosen, and the next one after the active one has ended elsewhere', async () => {
    const browser = new Browser();
    const sids = [await browser.signIn('ann'), await browser.signIn('ben'), await browser.signIn('cat')];
    browser.take(await sessions.activate(browser.request, sids[0] as string));
    expect(await browser.names()).toEqual(['ann', 'cat', 'ben']);
    await running.app.get(SessionStore).end(sids[0] as string);
    expect(await browser.names()).toEqual(['cat', 'ben']);
    expect((await sessions.find(browser.request, 'web'))?.user.email).toBe('cat@example.com');
  });

  it('tells which sessions have ended, and leaves the others', async () => {
    const browser = new Browser();
    const [ann] = [await browser.signIn('ann'), await browser.signIn('ben')];
    const { ended, others, headers } = await sessions.end(browser.request, [ann, 'sid of somebody else']);
    browser.take(headers);
    expect({ ended, others }).toEqual({ ended: [{ sid: ann, clientIds: [] }], others: 1 });
    expect(await browser.names()).toEqual(['ben']);
    browser.take(
      (await sessions.end(browser.request, [(await sessions.find(browser.request, ''))?.session.sid as string]))
        .headers,
    );
    expect([...browser.jar]).toEqual([]);
  });

  it('accepts no value that the browser brought: a sign-in replaces a planted one, which stays nobody’s', async () => {
    const [browser, attacker] = [new Browser(), new Browser()];
    for (const { jar } of [browser, attacker]) jar.set('__Host-tandem_session', 'a'.repeat(43));
    await browser.signIn('ann');
    expect(browser.jar.get('__Host-tandem_session')).toMatch(/^(?!a{43})[\w-]{43}$/);
    expect([await browser.names(), await attacker.names()]).toEqual([['ann'], []]);
  });

  it('refuses cookies of another shape', async () => {
    const browser = new Browser();
    browser.jar.set('__Host-tandem_session', 'x');
    browser.jar.set('__Host-tandem_accounts', `${'a'.repeat(44)}..%00.${'b'.repeat(43)}`);
    expect(await browser.names()).toEqual([]);
    expect(await sessions.find(browser.request, '')).toBeUndefined();
  });

  it('shows the iframe one state for each of them, and writes cookies that no script and no other site gets', async () => {
    const browser = new Browser();
    await browser.signIn('ann');
    const { headers } = await sessions.start(browser.request, { userId: ids['ben'] as string, amr: ['pwd'] });
    const [active, others, state] = headers['set-cookie'] as readonly [string, string, string];
    expect(active).toMatch(/^__Host-tandem_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    expect(others).toMatch(/^__Host-tandem_accounts=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    expect(state).toMatch(/^tandem_session_state=[\w-]{43}\.[\w-]{43}; Path=\/; SameSite=None; Secure$/);
  });
});
