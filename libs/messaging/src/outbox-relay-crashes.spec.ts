import { EVENT_STREAM, EVENT_SUBJECT_PREFIX } from '@tandem/contracts';
import type { AnyDomainEvent } from '@tandem/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { enqueue, openDatabase, OutboxStore } from '@tandem/persistence';
import type { Database } from '@tandem/persistence';
import { createTestDatabase } from '@tandem/testing';
import type { TestDatabase } from '@tandem/testing';
import fc from 'fast-check';
import { TestNats } from './nats.spec-support.js';
import type { NatsLink } from './nats-link.js';
import { OutboxRelay } from './outbox-relay.js';
import type { OutboxSource } from './outbox-source.js';

/**
 * Where a relay ends: before it publishes the event of that number, before what it published is marked, or with its
 * connection. Or it lives on, and the event of that number alone can not be published.
 */
type Crash =
  { readonly at: 'event' | 'event alone'; readonly number: number } | { readonly at: 'marking' | 'connection' };
/** Of a grant, or a heartbeat. */
type Event = { readonly grant: number } | 'heartbeat';
/** Events that are committed, and then the relays of so many replicas that crash over them. */
type Life = { readonly events: readonly Event[]; readonly relays: 1 | 2; readonly crash: Crash };

class Crashed extends Error {}

describe('the relay that crashes', () => {
  const nats = new TestNats();
  let testDatabase: TestDatabase;
  let database: Database;
  let outbox: OutboxStore;
  let links: readonly NatsLink[];
  let connection: NatsConnection;
  let manager: JetStreamManager;
  let serial = 0;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
    outbox = new OutboxStore(database);
    await nats.start();
    await nats.provision();
    links = [nats.link(), nats.link()];
    await Promise.all(links.map((link) => new Promise<void>((up) => link.onUp(up))));
    connection = await connect({ servers: nats.url });
    manager = await jetstreamManager(connection);
  });
  afterAll(async () => {
    await connection.close();
    await database.dataSource.destroy();
    await testDatabase.drop();
    await nats.end();
  });

  const commit = async (event: Event, prefix: string): Promise<void> => {
    if (event === 'heartbeat') return enqueue(database, 'heartbeat', { type: 'heartbeat' });
    const grantId = `${prefix}_${event.grant}`;
    const told = { userId: 'u', clientId: 'c', reason: 'test', exp: 1 };
    return enqueue(database, `grant:${grantId}`, { type: 'grant.revoked', grantId, ...told });
  };

  /** Ends the process, as far as the outbox and the stream can see it. */
  const sourceThat = (crash: Crash | undefined, crashed: () => void): OutboxSource => ({
    reopen: (seconds) => outbox.reopen(seconds),
    onWake: () => () => undefined,
    publishBatch: async (limit, publish) => {
      try {
        return await outbox.publishBatch(limit, async (rows) => {
          const settled = await publish(rows);
          if (crash?.at === 'marking') throw new Crashed();
          if (crash?.at === 'connection')
            await database.dataSource.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
            );
          return settled;
        });
      } finally {
        crashed();
      }
    },
  });

  /** Lets relays run over what waits, side by side as replicas do, and ends them. */
  const live = async (count: 1 | 2, crash?: Crash): Promise<void> => {
    const relays = links.slice(0, count).map((link) => {
      let signed = 0;
      const fails = (): boolean => {
        signed += 1;
        if (crash?.at === 'event') return signed > crash.number;
        return crash?.at === 'event alone' && signed === crash.number + 1;
      };
      let end: () => void = () => undefined;
      const ended = new Promise<void>((done) => (end = done));
      const relay = new OutboxRelay({
        ...{ source: sourceThat(crash, end), link, logger: { warn: () => undefined } },
        subject: ({ type }) => `${EVENT_SUBJECT_PREFIX}${type}`,
        sign: (event) => {
          if (fails()) throw new Crashed();
          return JSON.stringify(event);
        },
      });
      relay.start();
      return { relay, ended };
    });
    await Promise.all(relays.map(({ ended }) => ended));
    await Promise.all(relays.map(({ relay }) => relay.stop()));
  };

  const told = async (after: number): Promise<readonly AnyDomainEvent[]> => {
    const { state } = await manager.streams.info(EVENT_STREAM);
    const sequences = Array.from({ length: state.last_seq - after }, (_, index) => after + 1 + index);
    const messages = await Promise.all(sequences.map((seq) => manager.direct.getMessage(EVENT_STREAM, { seq })));
    return messages.map((message) => JSON.parse(new TextDecoder().decode(message?.data)) as AnyDomainEvent);
  };

  const event: fc.Arbitrary<Event> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ grant: fc.nat({ max: 2 }) }) },
    fc.constant('heartbeat'),
  );
  const number = fc.nat({ max: 5 });
  const crash: fc.Arbitrary<Crash> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ at: fc.constant('event' as const), number }) },
    { weight: 3, arbitrary: fc.record({ at: fc.constant('event alone' as const), number }) },
    { weight: 4, arbitrary: fc.record({ at: fc.constant('marking' as const) }) },
    fc.record({ at: fc.constant('connection' as const) }),
  );
  const life = fc.record({
    events: fc.array(event, { minLength: 1, maxLength: 6 }),
    relays: fc.constantFrom(1, 2),
    crash,
  });

  it('tells every event once and those of a grant in their order, and no heartbeat before what it vouches for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array<Life>(life, { minLength: 1, maxLength: 2 }), async (lives) => {
        serial += 1;
        const { last_seq: before } = (await manager.streams.info(EVENT_STREAM)).state;
        for (const each of lives) {
          await Promise.all(each.events.map((one) => commit(one, String(serial))));
          await live(each.relays, each.crash);
        }
        while ((await outbox.depth()) > 0) await live(1);
        const rows = await database.dataSource.query<readonly { readonly id: string; readonly key: string }[]>(
          'SELECT id, key FROM outbox ORDER BY sequence',
        );
        await database.dataSource.query('DELETE FROM outbox');
        const events = await told(before);
        const ids = events.map(({ id }) => id);
        const changes = rows.filter(({ key }) => key !== 'heartbeat');
        // Of several that wait, the newest alone is told.
        const beats = new Set(rows.filter(({ key }) => key === 'heartbeat').map(({ id }) => id));
        expect(ids.filter((id) => !beats.has(id)).toSorted()).toEqual(changes.map(({ id }) => id).toSorted());
        for (const key of new Set(changes.map((row) => row.key))) {
          const family = changes.filter((row) => row.key === key).map(({ id }) => id);
          expect(ids.filter((id) => family.includes(id))).toEqual(family);
        }
        for (const [place, id] of ids.entries())
          if (beats.has(id)) {
            const vouchedFor = changes.filter((row) => rows.indexOf(row) < rows.findIndex((row) => row.id === id));
            expect(ids.slice(0, place)).toEqual(expect.arrayContaining(vouchedFor.map((row) => row.id)));
          }
      }),
    );
  });
});
