import { jest } from '@jest/globals';
import { EVENT_STREAM, EVENT_SUBJECT_PREFIX } from '@tandem/contracts';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { EventListener } from './event-listener.js';
import type { Verdict } from './event-listener.js';
import { TestNats, until } from './nats.spec-support.js';

// A server that was away is found again within seconds.
jest.setTimeout(20_000);

describe('the listener to the event stream', () => {
  const nats = new TestNats();
  let listener: EventListener | undefined;
  let taken: string[];
  let live: string[];
  let gaps: number;
  let judge: (raw: string, delivery: number) => Verdict;

  beforeEach(async () => {
    [taken, live, gaps, judge] = [[], [], 0, () => 'ack'];
    nats.loseStore();
    await nats.start();
    await nats.provision();
  });
  afterEach(async () => {
    await listener?.stop();
    await nats.stop();
  });
  afterAll(() => nats.end());

  function listen(): void {
    listener = new EventListener({
      link: nats.link(),
      ...{ stream: EVENT_STREAM, consumer: 'rs-1' },
      onEvent: (raw, _type, delivery) => {
        taken.push(raw);
        return judge(raw, delivery);
      },
      onLiveEvent: async (raw, type) => void live.push(`${type} ${raw}`),
      onGap: () => (gaps += 1),
      logger: { warn: () => undefined },
    });
    listener.start();
  }

  async function publish(...texts: readonly string[]): Promise<void> {
    const connection = await connect({ servers: nats.url });
    const client = jetstream(connection);
    for (const text of texts) await client.publish(`${EVENT_SUBJECT_PREFIX}client.changed`, text);
    await connection.close();
  }

  it('accepts each event once, and tells one gap at the first contact', async () => {
    await publish('a', 'b');
    listen();
    await until(() => taken.length === 2);
    await publish('c');
    await until(() => taken.length === 3);
    expect(taken).toEqual(['a', 'b', 'c']);
    expect(gaps).toBe(1);
  });

  it('tells an event as it passes by, also when there is no stream that could store it', async () => {
    listen();
    await until(() => gaps === 1);
    await publish('a');
    await until(() => taken.length === 1);
    const connection = await connect({ servers: nats.url });
    await (await jetstreamManager(connection)).streams.delete(EVENT_STREAM);
    connection.publish(`${EVENT_SUBJECT_PREFIX}client.changed`, 'b');
    connection.publish(`${EVENT_SUBJECT_PREFIX}client.changed`, 'x'.repeat(9_000));
    connection.publish(`${EVENT_SUBJECT_PREFIX}grant.revoked`, 'c');
    await until(() => live.length === 3);
    await connection.close();
    expect(live).toEqual(['client.changed a', 'client.changed b', 'grant.revoked c']);
    expect(taken).toEqual(['a']);
  });

  it('accepts what was published while the server restarted, and tells no gap', async () => {
    listen();
    await publish('a');
    await until(() => taken.length === 1);
    await nats.stop();
    await nats.start();
    await publish('b');
    await until(() => taken.includes('b'));
    expect(gaps).toBe(1);
  });

  it('tells a gap when another process takes events from the same consumer', async () => {
    listen();
    await publish('a');
    await until(() => taken.length === 1);
    const connection = await connect({ servers: nats.url });
    const consumer = await jetstream(connection).consumers.get(EVENT_STREAM, 'rs-1');
    let elsewhere = 0;
    await consumer.consume({
      callback: (message) => {
        message.ack();
        elsewhere += 1;
      },
    });
    // The server deals to both in turn; the last ones come to us when the other has gone.
    await publish(...Array.from({ length: 20 }, (_, index) => `b${index}`));
    await until(() => taken.length + elsewhere === 21);
    expect(elsewhere).toBeGreaterThan(0);
    await connection.close();
    await publish('c');
    await until(() => taken.includes('c'));
    expect(gaps).toBeGreaterThan(1);
  });

  it('tells a gap when the stream was made anew', async () => {
    listen();
    await publish('a', 'b');
    await until(() => taken.length === 2);
    await nats.stop();
    nats.loseStore();
    await nats.start();
    await nats.provision();
    await publish('c');
    await until(() => taken.includes('c'));
    await until(() => gaps > 1);
  });

  it('accepts later events although one is not taken, and offers that one again', async () => {
    judge = (raw, delivery) => {
      if (raw !== 'bad') return 'ack';
      if (delivery === 1) throw new Error('a handler with a mistake');
      return delivery === 2 ? 'nak' : 'term';
    };
    listen();
    await publish('bad', 'good');
    await until(() => taken.filter((raw) => raw === 'bad').length === 3);
    expect(taken.slice(0, 2)).toEqual(['bad', 'good']);
  });

  it('refuses events that are too large to be ours without looking at them', async () => {
    listen();
    await until(() => gaps === 1);
    const connection = await connect({ servers: nats.url });
    await expect(
      jetstream(connection).publish(`${EVENT_SUBJECT_PREFIX}client.changed`, 'x'.repeat(9_000)),
    ).rejects.toThrow(/maximum/);
    await connection.close();
    expect(taken).toEqual([]);
  });
});
