import { MAXIMUM_WAITERS, statement, type Database } from './database.js';
import { openDatabase } from './persistence.module.js';
import { severable } from './severable-server.spec-support.js';
import { StorageUnavailable } from './storage-unavailable.js';
import { createTestDatabase, type TestDatabase } from './test-database.spec-support.js';

const ADD = statement('test_add', 'INSERT INTO notes (text) VALUES ($1)');
const PID = statement<{ pid: number }>('test_pid', 'SELECT pg_backend_pid() AS pid');
const KILL = statement('test_kill', 'SELECT pg_terminate_backend($1)');
const SLEEP = statement('test_sleep', 'SELECT pg_sleep($1)');
const BROKEN = statement('test_broken', 'SELECT no_such_column');

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase({ migrated: false });
  database = test.database;
  await test.sql('CREATE TABLE notes (text text PRIMARY KEY)');
});
afterAll(() => test.close());
beforeEach(() => test.sql('TRUNCATE notes'));

const notes = async (): Promise<readonly string[]> =>
  (await test.sql<{ text: string }>('SELECT text FROM notes ORDER BY text')).map(({ text }) => text);

describe('a transaction', () => {
  it('accepts all of its work', async () => {
    const result = await database.transaction(async (queries) => {
      await queries.all(ADD, ['a']);
      await queries.all(ADD, ['b']);
      return 7;
    });
    expect(result).toBe(7);
    expect(await notes()).toEqual(['a', 'b']);
  });

  it('refuses all of it when the work throws, and throws the same', async () => {
    const fault = new Error('ours');
    const failing = database.transaction(async (queries) => {
      await queries.all(ADD, ['a']);
      throw fault;
    });
    await expect(failing).rejects.toBe(fault);
    expect(await notes()).toEqual([]);
  });

  it('refuses all of it when the last of its statements is refused', async () => {
    const failing = database.transaction(async (queries) => {
      await queries.all(ADD, ['a']);
      await queries.all(ADD, ['a']);
    });
    await expect(failing).rejects.toThrow('duplicate key');
    expect(await notes()).toEqual([]);
    expect(await database.ping()).toBe(true);
  });

  it('tells that storage is unavailable when its connection is lost between two statements, and goes on', async () => {
    const failing = database.transaction(async (queries) => {
      await queries.all(ADD, ['a']);
      const own = await queries.first(PID, []);
      await database.all(KILL, [own?.pid]);
      // The loss is noticed while no statement runs: nobody but the pool's client hears of it.
      await database.ping();
      await queries.all(ADD, ['b']);
    });
    await expect(failing).rejects.toBeInstanceOf(StorageUnavailable);
    expect(await notes()).toEqual([]);
    expect(await database.ping()).toBe(true);
  });
});

describe('a fault', () => {
  it('tells a bug as itself', async () => {
    const failing = database.all(BROKEN, []);
    await expect(failing).rejects.toThrow('no_such_column');
    await expect(failing).rejects.not.toBeInstanceOf(StorageUnavailable);
  });

  it('tells a statement that takes too long as storage that is unavailable', async () => {
    const started = performance.now();
    await expect(database.all(SLEEP, [30])).rejects.toBeInstanceOf(StorageUnavailable);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await database.ping()).toBe(true);
  });

  it('tells a lock that is held for too long as storage that is unavailable', async () => {
    await database.transaction(async (queries) => {
      await queries.all(ADD, ['a']);
      await expect(database.all(ADD, ['a'])).rejects.toBeInstanceOf(StorageUnavailable);
    });
  });

  it('tells a server that went away, in statements and in transactions', async () => {
    const server = await severable(test.url);
    const errors: Error[] = [];
    const cut = await openDatabase({ url: server.url, onError: (error) => errors.push(error) });
    expect(await cut.ping()).toBe(true);
    await server.sever();
    await expect(cut.ping()).rejects.toBeInstanceOf(StorageUnavailable);
    await expect(cut.transaction(() => Promise.resolve())).rejects.toBeInstanceOf(StorageUnavailable);
    await cut.dataSource.destroy();
  });

  it('tells a server that is frozen before a caller loses patience, and goes on after the thaw', async () => {
    const server = await severable(test.url);
    const frozen = await openDatabase({ url: server.url, poolSize: 2 });
    await frozen.ping();
    server.freeze();
    const started = performance.now();
    const outcomes = await Promise.allSettled([
      frozen.ping(),
      frozen.ping(),
      frozen.ping(),
      frozen.transaction((queries) => queries.all(ADD, ['late'])),
    ]);
    expect(performance.now() - started).toBeLessThan(4_000);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StorageUnavailable) });
    server.thaw();
    expect(await frozen.ping()).toBe(true);
    expect(await notes()).toEqual([]);
    await frozen.dataSource.destroy();
    await server.sever();
  }, 15_000);

  it('accepts a server that takes its time to start', async () => {
    const server = await severable(test.url);
    server.freeze();
    // The second attempt means that the first one was given up.
    const again = server.connected(2);
    const opening = openDatabase({ url: server.url });
    await again;
    server.thaw();
    const database = await opening;
    expect(await database.ping()).toBe(true);
    await database.dataSource.destroy();
    await server.sever();
  }, 20_000);

  it('refuses one more than may wait for a connection, at once', async () => {
    const small = await test.open(1);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const holder = small.transaction(() => {
      begun();
      return held;
    });
    await started;
    const waiting = Array.from({ length: MAXIMUM_WAITERS }, () => small.ping());
    expect(small.waiting).toBe(MAXIMUM_WAITERS);
    expect(() => small.all(PID, [])).toThrow(StorageUnavailable);
    await expect(small.transaction(() => Promise.resolve())).rejects.toBeInstanceOf(StorageUnavailable);
    release();
    await holder;
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => true));
  });
});
