import { aHash, createTestDatabase, keepAlice, type TestDatabase } from '../test-database.spec-support.js';
import { AuditStore } from './audit-store.js';
import { AssertionStore, InitialAccessTokenStore, ThrottleStore } from './guard-stores.js';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const inAMinute = Math.floor(Date.now() / 1_000) + 60;

describe('assertions', () => {
  it('accepts one of 40 uses at once, in two processes', async () => {
    const stores = [new AssertionStore(test.database), new AssertionStore(await test.open())];
    const seen = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (stores[n % 2] as AssertionStore).see('web', 'jti_1', inAMinute)),
    );
    expect(seen.filter(Boolean)).toHaveLength(1);
  });

  it('accepts the same jti of another client', async () => {
    const store = new AssertionStore(test.database);
    expect(await store.see('web', 'jti_2', inAMinute)).toBe(true);
    expect(await store.see('other', 'jti_2', inAMinute)).toBe(true);
    expect(await store.see('web', 'jti_2', inAMinute)).toBe(false);
  });
});

describe('throttles', () => {
  it('tells 40 attempts at once, in two processes, apart', async () => {
    const stores = [new ThrottleStore(test.database), new ThrottleStore(await test.open())];
    const counted = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (stores[n % 2] as ThrottleStore).count('user:alice', 600)),
    );
    expect(counted.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    for (const { retryAfterSeconds } of counted) expect(retryAfterSeconds).toBeCloseTo(600, -1);
  });

  it('accepts attempts anew after the window, and after a success has cleared them', async () => {
    const store = new ThrottleStore(test.database);
    await store.count('ip:1', 600);
    await store.count('ip:1', 600);
    await test.sql(`UPDATE throttles SET resets_at = clock_timestamp() WHERE key = 'ip:1'`);
    expect(await store.count('ip:1', 600)).toMatchObject({ count: 1 });
    await store.count('ip:1', 600);
    await store.clear('ip:1');
    expect(await store.count('ip:1', 600)).toMatchObject({ count: 1 });
  });

  it('accepts attempts anew on the account of a user who has signed in, and on no other', async () => {
    const store = new ThrottleStore(test.database);
    await keepAlice(test.database);
    for (const account of ['alice', 'bob']) await store.count(`at:${account}@example.com`, 600);
    await store.clearOfUser('at:', 'usr_alice');
    await store.clearOfUser('at:', 'usr_nobody');
    expect(await store.count('at:alice@example.com', 600)).toMatchObject({ count: 1 });
    expect(await store.count('at:bob@example.com', 600)).toMatchObject({ count: 2 });
  });

  const GROWTH = { limit: 5, longestWindowSeconds: 480 };
  /** Makes so many attempts; the end of the window as the last one was told it. */
  const attempts = async (store: ThrottleStore, key: string, count: number): Promise<number> => {
    let end = 0;
    for (let n = 0; n < count; n += 1) end = (await store.count(key, 60, GROWTH)).retryAfterSeconds;
    return end;
  };
  /** Lets the window end, so many seconds ago. */
  const endWindow = (key: string, secondsAgo = 0): Promise<unknown> =>
    test.sql(`UPDATE throttles SET resets_at = clock_timestamp() - make_interval(secs => $2) WHERE key = $1`, [
      key,
      secondsAgo,
    ]);

  it('shows a window twice as long after each that had too many attempts, up to the longest', async () => {
    const store = new ThrottleStore(test.database);
    const windows: number[] = [];
    for (let window = 0; window < 6; window += 1) {
      windows.push(await attempts(store, 'ip:3', 6));
      await endWindow('ip:3');
    }
    expect(windows).toEqual([60, 120, 240, 480, 480, 480]);
  });

  it('shows the window short again after as many quiet ones, and at once after a success', async () => {
    const store = new ThrottleStore(test.database);
    for (const wide of [60, 120, 240]) {
      expect(await attempts(store, 'ip:4', 6)).toBe(wide);
      await endWindow('ip:4');
    }
    expect(await attempts(store, 'ip:4', 5)).toBe(480);
    await endWindow('ip:4');
    expect(await attempts(store, 'ip:4', 1)).toBe(240);
    await endWindow('ip:4', 240);
    expect(await attempts(store, 'ip:4', 6)).toBe(60);
    await endWindow('ip:4');
    expect(await attempts(store, 'ip:4', 6)).toBe(120);
    await store.clear('ip:4');
    expect(await attempts(store, 'ip:4', 1)).toBe(60);
  });

  it('accepts the limit of 100 attempts at once, in two processes, also in a window that has grown', async () => {
    const stores = [new ThrottleStore(test.database), new ThrottleStore(await test.open())];
    for (const wide of [60, 120]) {
      const counted = await Promise.all(
        Array.from({ length: 100 }, (_, n) => (stores[n % 2] as ThrottleStore).count('user:bob', 60, GROWTH)),
      );
      expect(counted.filter(({ count }) => count <= GROWTH.limit)).toHaveLength(GROWTH.limit);
      for (const { retryAfterSeconds } of counted) expect(Math.abs(retryAfterSeconds - wide)).toBeLessThanOrEqual(10);
      await endWindow('user:bob');
    }
  });

  it('tells that a window has its limit, until it ends', async () => {
    const store = new ThrottleStore(test.database);
    expect(await store.held('ip:5', 5)).toBeUndefined();
    await attempts(store, 'ip:5', 4);
    expect(await store.held('ip:5', 5)).toBeUndefined();
    await attempts(store, 'ip:5', 1);
    expect(await store.held('ip:5', 5)).toBe(60);
    await endWindow('ip:5');
    expect(await store.held('ip:5', 5)).toBeUndefined();
    // What was refused counts as too much.
    expect(await attempts(store, 'ip:5', 1)).toBe(120);
  });

  it('shows the same end of the window whatever is asked within it', async () => {
    const store = new ThrottleStore(test.database);
    await store.count('ip:2', 60);
    expect((await store.count('ip:2', 6_000)).retryAfterSeconds).toBeLessThanOrEqual(60);
  });
});

describe('initial access tokens', () => {
  it('accepts as many uses as it was made for, of any number at once', async () => {
    const store = new InitialAccessTokenStore(test.database);
    const tokenHash = aHash();
    await store.add(tokenHash, 3, 60);
    const used = await Promise.all(Array.from({ length: 10 }, () => store.use(tokenHash)));
    expect(used.filter(Boolean)).toHaveLength(3);
  });

  it('refuses an unknown one and an expired one, and gives no new uses by declaring it again', async () => {
    const store = new InitialAccessTokenStore(test.database);
    expect(await store.use(aHash())).toBe(false);
    const [expired, usedUp] = [aHash(), aHash()];
    await store.add(expired, 3, 0);
    expect(await store.use(expired)).toBe(false);
    await store.add(usedUp, 1, 60);
    await store.use(usedUp);
    await store.add(usedUp, 1, 60);
    expect(await store.use(usedUp)).toBe(false);
  });
});

it('shows audit events in their order', async () => {
  const store = new AuditStore(test.database);
  await store.write([
    { type: 'login.succeeded', userId: 'u', detail: { method: 'password', tries: 2 } },
    { type: 'x', clientId: 'web' },
  ]);
  expect(await test.sql('SELECT type, user_id, client_id, detail FROM audit_events ORDER BY id')).toEqual([
    { type: 'login.succeeded', user_id: 'u', client_id: null, detail: { method: 'password', tries: 2 } },
    { type: 'x', user_id: null, client_id: 'web', detail: {} },
  ]);
});
