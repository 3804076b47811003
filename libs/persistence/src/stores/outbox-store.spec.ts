import { createTestDatabase, keepAlice, type TestDatabase } from '../test-database.spec-support.js';
import { enqueue, OutboxStore, type CommittedChange, type OutboxRow } from './outbox-store.js';
import { UserStore } from './user-store.js';

let test: TestDatabase;
let outbox: OutboxStore;

beforeAll(async () => {
  test = await createTestDatabase();
  outbox = new OutboxStore(test.database);
});
afterAll(() => test.close());
beforeEach(() => test.sql('TRUNCATE outbox, users'));

const keep = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1)
    await enqueue(test.database, `client:${n}`, { type: 'client.changed', clientId: String(n) });
};
const all = (rows: readonly OutboxRow[]): Promise<ReadonlySet<string>> =>
  Promise.resolve(new Set(rows.map(({ id }) => id)));
const clientsOf = (rows: readonly OutboxRow[]): readonly string[] =>
  rows.map(({ event }) => (event.type === 'client.changed' ? event.clientId : '?'));

describe('publishing a batch', () => {
  it('issues the oldest first, at most as many as asked, each once', async () => {
    await keep(5);
    const batches: (readonly string[])[] = [];
    const publish = (rows: readonly OutboxRow[]): Promise<ReadonlySet<string>> => {
      batches.push(clientsOf(rows));
      return all(rows);
    };
    expect(await outbox.publishBatch(3, publish)).toBe(3);
    expect(await outbox.publishBatch(3, publish)).toBe(2);
    expect(await outbox.publishBatch(3, publish)).toBe(0);
    expect(batches).toEqual([
      ['0', '1', '2'],
      ['3', '4'],
    ]);
    expect(await outbox.depth()).toBe(0);
  });

  it('shows each event with the id and the instant that the database gave it', async () => {
    await keep(1);
    let seen: OutboxRow | undefined;
    await outbox.publishBatch(1, (rows) => {
      seen = rows[0];
      return all(rows);
    });
    const now = Math.floor(Date.now() / 1_000);
    expect(seen).toMatchObject({ key: 'client:0', event: { type: 'client.changed', clientId: '0', id: seen?.id } });
    expect(Math.abs((seen?.event.at ?? 0) - now)).toBeLessThanOrEqual(2);
  });

  it('shows those that were not published again, in their place', async () => {
    await keep(3);
    await outbox.publishBatch(3, (rows) => Promise.resolve(new Set([rows[1]?.id ?? ''])));
    expect(await outbox.depth()).toBe(2);
    let left: readonly string[] = [];
    await outbox.publishBatch(3, (rows) => {
      left = clientsOf(rows);
      return all(rows);
    });
    expect(left).toEqual(['0', '2']);
  });

  it('shows all of them again when publishing fails', async () => {
    await keep(2);
    await expect(outbox.publishBatch(2, () => Promise.reject(new Error('no broker')))).rejects.toThrow('no broker');
    expect(await outbox.depth()).toBe(2);
  });

  it('accepts one relay at a time: another gets no turn, and the order holds', async () => {
    await keep(2);
    const other = new OutboxStore(await test.open());
    let turns = 0;
    const published = await outbox.publishBatch(1, async (rows) => {
      turns = await other.publishBatch(5, all);
      return all(rows);
    });
    expect({ published, turns, left: await outbox.depth() }).toEqual({ published: 1, turns: 0, left: 1 });
    expect(await other.publishBatch(5, all)).toBe(1);
  });

  it('issues every event once, in order, to 4 relays at once', async () => {
    await keep(100);
    const relays = await Promise.all(Array.from({ length: 4 }, async () => new OutboxStore(await test.open(2))));
    const seen: string[] = [];
    await Promise.all(
      relays.map(async (relay) => {
        while ((await relay.depth()) > 0) {
          await relay.publishBatch(7, (rows) => {
            seen.push(...clientsOf(rows));
            return all(rows);
          });
        }
      }),
    );
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => String(n)));
  });

  it('issues recent events again when the stream has lost them, heartbeats not', async () => {
    await keep(2);
    await enqueue(test.database, 'heartbeat', { type: 'heartbeat' });
    await outbox.publishBatch(3, all);
    await test.sql(`UPDATE outbox SET created_at = created_at - interval '1 hour' WHERE key = 'client:0'`);
    expect(await outbox.reopen(60)).toBe(1);
    expect(await outbox.depth()).toBe(1);
  });
});

it('issues one heartbeat for any number of replicas within its time', async () => {
  await outbox.beat(60);
  await outbox.beat(60);
  expect(await outbox.depth()).toBe(1);
  await test.sql(`UPDATE outbox SET created_at = created_at - interval '61 seconds'`);
  await outbox.beat(60);
  expect(await outbox.depth()).toBe(2);
});

describe('waking', () => {
  const stops: (() => void)[] = [];
  afterEach(() => stops.splice(0).forEach((stop) => stop()));

  /** Everything the listener was told, and a promise for each next thing. */
  function listen(store: OutboxStore): { readonly next: () => Promise<CommittedChange | undefined>; stop: () => void } {
    const told: (CommittedChange | undefined)[] = [];
    const waiting: ((change: CommittedChange | undefined) => void)[] = [];
    const stop = store.onWake((change) => {
      const waiter = waiting.shift();
      if (waiter === undefined) told.push(change);
      else waiter(change);
    });
    stops.push(stop);
    const next = (): Promise<CommittedChange | undefined> =>
      told.length > 0 ? Promise.resolve(told.shift()) : new Promise((resolve) => waiting.push(resolve));
    return { next, stop };
  }

  it('tells what another process committed, and nothing that was rolled back', async () => {
    const listener = listen(new OutboxStore(await test.open(2)));
    expect(await listener.next()).toBeUndefined();
    const failing = test.database.transaction(async (queries) => {
      await enqueue(queries, 'client:lost', { type: 'client.changed', clientId: 'lost' });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await enqueue(test.database, 'client:web', { type: 'client.changed', clientId: 'web' });
    expect(await listener.next()).toEqual({ type: 'client.changed', key: 'client:web' });
  });

  it('tells once more after its connection was lost, since anything may have happened', async () => {
    const listener = listen(new OutboxStore(await test.open(2)));
    await listener.next();
    await test.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN outbox' AND datname = current_database()`,
    );
    expect(await listener.next()).toBeUndefined();
    await enqueue(test.database, 'client:web', { type: 'client.changed', clientId: 'web' });
    expect(await listener.next()).toMatchObject({ key: 'client:web' });
  });

  it('accepts a stop at any moment and gives the connection back', async () => {
    const database = await test.open(2);
    const store = new OutboxStore(database);
    store.onWake(() => undefined)();
    const listener = listen(store);
    await listener.next();
    listener.stop();
    expect(await database.ping()).toBe(true);
    await database.dataSource.destroy();
  });
});

it('tells of a disabled user in the same transaction', async () => {
  const users = new UserStore(test.database);
  const userId = await keepAlice(test.database);
  expect(await users.disable(userId, 1_700_000_000)).toBe(true);
  expect(await users.disable(userId, 1_700_000_000)).toBe(false);
  expect(await outbox.depth()).toBe(1);
});
