import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EVENT_SUBJECT_PREFIX } from '@tandem/contracts';
import { enqueue, openDatabase, OutboxStore } from '@tandem/persistence';
import type { Database } from '@tandem/persistence';
import { createTestDatabase } from '@tandem/testing';
import type { TestDatabase } from '@tandem/testing';
import { TestNats, until } from './nats.spec-support.js';
import { OutboxRelay } from './outbox-relay.js';

// A server that was away is found again within seconds.
jest.setTimeout(20_000);

describe('the relay from the outbox to the stream', () => {
  const nats = new TestNats();
  let testDatabase: TestDatabase;
  let database: Database;
  let outbox: OutboxStore;
  let relay: OutboxRelay;
  let warnings: string[];

  beforeEach(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
    outbox = new OutboxStore(database);
    nats.loseStore();
    await nats.start();
    await nats.provision();
    warnings = [];
    const logger = { warn: (_what: object, text: string): void => void warnings.push(text) };
    relay = new OutboxRelay({
      ...{ source: outbox, link: nats.link(), logger },
      subject: ({ type }) => `${EVENT_SUBJECT_PREFIX}${type}`,
      sign: (event) => JSON.stringify(event),
    });
    relay.start();
  });
  afterEach(async () => {
    await relay.stop();
    await database.dataSource.destroy();
    await testDatabase.drop();
    await nats.stop();
  });
  afterAll(() => nats.end());

  const isEmpty = async (): Promise<boolean> => (await outbox.depth()) === 0;
  const change = (clientId: string): Promise<void> =>
    enqueue(database, `client:${clientId}`, { type: 'client.changed', clientId });
  const revoke = (grantId: string): Promise<void> =>
    enqueue(database, `grant:${grantId}`, {
      type: 'grant.revoked',
      grantId,
      userId: 'u',
      clientId: 'c',
      reason: 'test',
      exp: 1,
    });
  const inStream = async (): Promise<readonly string[]> => (await nats.events()).map(({ id }) => id);
  const inOutbox = async (): Promise<readonly string[]> =>
    (await database.dataSource.query<{ id: string }[]>('SELECT id FROM outbox ORDER BY sequence')).map(({ id }) => id);

  it('tells the events of a family in the order of their commits', async () => {
    for (let round = 0; round < 120; round += 1) await change('one');
    await until(isEmpty);
    expect(await inStream()).toEqual(await inOutbox());
  });

  it('tells an event that is published again only once', async () => {
    await change('one');
    await revoke('g1');
    await until(isEmpty);
    expect(await outbox.reopen(60)).toBe(2);
    await change('one');
    await until(isEmpty);
    expect((await inStream()).length).toBe(3);
    expect(warnings).toEqual([]);
  });

  it('tells everything after the server was away', async () => {
    await change('one');
    await until(isEmpty);
    await nats.stop();
    for (let index = 0; index < 250; index += 1) await revoke(`g${index}`);
    expect(await outbox.depth()).toBe(250);
    await nats.start();
    await until(isEmpty);
    expect([...(await inStream())].sort()).toEqual([...(await inOutbox())].sort());
  });

  it('refuses to tell that all is well while an event can not be stored', async () => {
    // Nothing of ours gets so large; see the store.
    await database.dataSource.query(
      `INSERT INTO outbox (key, event) VALUES ('grant:big', jsonb_build_object('type', 'grant.changed', 'grantId', repeat('x', 9000)))`,
    );
    await outbox.beat(0);
    await revoke('g1');
    await until(async () => (await outbox.depth()) === 2);
    await until(() => warnings.length >= 2);
    expect((await nats.events()).map(({ type }) => type)).toEqual(['grant.revoked']);
  });

  it('tells everything of the last day again to a stream that lost its store', async () => {
    for (const id of ['g1', 'g2', 'g3']) await revoke(id);
    await until(isEmpty);
    await nats.stop();
    nats.loseStore();
    await nats.start();
    await nats.provision();
    const id = randomUUID();
    await revoke(id);
    await until(async () => (await nats.events()).length === 4);
    expect([...(await inStream())].sort()).toEqual([...(await inOutbox())].sort());
  });
});
