import { Client } from 'pg';
import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { openLoginForm } from '../support/login-form.js';

const LIMIT = 5;
const ALICE = { username: 'alice@example.com', password: 'wonderland-42' };
const BOB = { username: 'bob@example.com', password: 'builder-4242' };

describe('too many wrong passwords', () => {
  let tandem: RunningTandem;
  let replica: AppProcess;
  let database: Client;
  beforeAll(async () => {
    const settings = `login_throttle: { window_seconds: 60, attempts_per_account: ${LIMIT}, attempts_per_address: 60 }`;
    tandem = await startTandem({ apps: ['auth-server'], settings });
    replica = await tandem.replica('auth-server');
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);

  /** How often something happened, by the audit log: a password that was verified and wrong is `login.refused`. */
  const audited = async (type: string): Promise<number> => {
    const { rows } = await database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM audit_events WHERE type = $1',
      [type],
    );
    return rows[0]?.n ?? -1;
  };

  /** The window ends now, for every key or those that begin so. */
  const endWindows = (prefix = ''): Promise<unknown> =>
    database.query(`UPDATE throttles SET resets_at = clock_timestamp() WHERE key LIKE $1 || '%'`, [prefix]);

  it('are verified up to the limit, of 100 at once at two processes; the rest is told when to come again', async () => {
    const form = await openLoginForm(tandem);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        form.send({ ...ALICE, password: `wrong-${n}` }, n % 2 === 0 ? undefined : replica.url),
      ),
    );
    const refused = answers.filter((answer) => answer.status === 200);
    const throttled = answers.filter((answer) => answer.status === 429);
    expect({ refused: refused.length, throttled: throttled.length }).toEqual({ refused: LIMIT, throttled: 95 });
    expect([await audited('login.refused'), await audited('login.throttled')]).toEqual([LIMIT, 95]);
    for (const answer of throttled) {
      const seconds = Number(answer.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    expect(await throttled[0]?.text()).toContain('Too many attempts');
  });

  it('keep the right password out until the window ends, and no other account', async () => {
    const form = await openLoginForm(tandem);
    expect((await form.send(ALICE)).status).toBe(429);
    expect((await (await openLoginForm(tandem)).send(BOB)).status).toBe(303);
    await endWindows();
    expect((await form.send(ALICE)).status).toBe(303);
    // A success forgets them: the next window is as long as the first one was.
    const again = await openLoginForm(tandem);
    for (let n = 0; n < LIMIT; n += 1) await again.send({ ...ALICE, password: 'wrong' });
    expect(Number((await again.send(ALICE)).headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('make the wait longer each time that they go on, and unknown accounts are treated alike', async () => {
    const form = await openLoginForm(tandem);
    const waits: Record<string, number[]> = {};
    for (const username of [BOB.username, 'nobody@example.com']) {
      for (let window = 0; window < 3; window += 1) {
        let last: Response | undefined;
        for (let n = 0; n <= LIMIT; n += 1) last = await form.send({ username, password: 'wrong' });
        expect(last?.status).toBe(429);
        (waits[username] ??= []).push(Math.ceil(Number(last?.headers.get('retry-after')) / 60));
        await endWindows(`login:account:${username}`);
      }
    }
    expect(waits).toEqual({ [BOB.username]: [1, 2, 4], 'nobody@example.com': [1, 2, 4] });
  });

  it('of one address on many accounts keep it out for all of them, the right password included', async () => {
    await database.query('DELETE FROM throttles');
    const form = await openLoginForm(tandem);
    const before = await audited('login.refused');
    let answer = await form.send({ username: 'guess-0@example.com', password: 'wrong' });
    for (let n = 1; answer.status === 200 && n < 200; n += 1)
      answer = await form.send({ username: `guess-${n}@example.com`, password: 'wrong' });
    expect(answer.status).toBe(429);
    expect((await audited('login.refused')) - before).toBe(60);
    expect((await form.send(ALICE)).status).toBe(429);
    await endWindows('login:address');
    expect((await form.send(ALICE)).status).toBe(303);
  });
});
