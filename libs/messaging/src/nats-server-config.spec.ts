import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  EVENT_STREAM,
  GRANT_STREAM,
  GRANT_SUBJECT,
  LOGOUT_STREAM,
  logoutConsumerName,
  logoutSubject,
  ORDERS_SUBJECTS,
  rpcSubject,
  rpcSubjectPattern,
} from '@tandem/contracts';
import { startProvisionedNats } from '@tandem/dev';
import type { ProvisionedNats } from '@tandem/dev';
import { IMPORTED_API_PREFIX, INBOXES, LIVE_EVENTS_PREFIX } from './nats-server-config.js';
import { generateNatsUser } from './nats-users.js';
import { until } from './nats.spec-support.js';
import { StreamReader } from './stream-reader.js';

const EVENT = 'oidc.evt.v1.token.revoked';
const GRACE = { timeout: 1_000 };

describe('the permissions of the NATS users', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'nats-permissions-'));
  const open: NatsConnection[] = [];
  let bus: ProvisionedNats;
  let [relay, rpc, client, rs1, rs2, provisioner, auditor]: NatsConnection[] = [];

  async function as(seedFile: string, inboxPrefix?: string): Promise<NatsConnection> {
    const authenticator = nkeyAuthenticator(new TextEncoder().encode(readFileSync(seedFile, 'utf8').trim()));
    const connection = await connect({
      servers: bus.nats.url,
      authenticator,
      ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    });
    open.push(connection);
    return connection;
  }

  beforeAll(async () => {
    bus = await startProvisionedNats(dataDir);
    const { seeds, provisionerSeedFile } = bus;
    // One after the other: the server gives each only so much time to prove itself.
    relay = await as(seeds.relay, INBOXES.relay);
    rpc = await as(seeds.rpc, INBOXES.rpc);
    client = await as(seeds.sampleClient, INBOXES.client);
    rs1 = await as(seeds.resourceApi, INBOXES.resourceServer('1'));
    rs2 = await as(seeds.secondResourceApi, INBOXES.resourceServer('2'));
    provisioner = await as(provisionerSeedFile, INBOXES.provisioner);
    auditor = await as(seeds.auditor, INBOXES.auditor);
  }, 60_000);
  afterAll(async () => {
    for (const connection of open) await connection.close();
    await bus.nats.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** What the server says to a publication; undefined when it lets it pass. */
  async function refusalOfPublishing(
    connection: NatsConnection,
    subject: string,
    reply?: string,
  ): Promise<string | undefined> {
    const refusals: string[] = [];
    const statuses = connection.status();
    void (async () => {
      for await (const status of statuses) if (status.type === 'error') refusals.push(status.error.message);
    })();
    connection.publish(subject, '{}', reply === undefined ? {} : { reply });
    await connection.flush();
    // The server has answered the flush after the refusal; ours needs a turn to be read.
    await new Promise((resolve) => setImmediate(resolve));
    return refusals[0];
  }

  /** Resolves to why a subscription is refused; rejects when it is not. */
  async function refusalOfSubscribing(connection: NatsConnection, subject: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const subscription = connection.subscribe(subject, {
        callback: (error) => {
          if (error !== null) resolve(error.message);
        },
      });
      void connection.flush().then(() =>
        setImmediate(() => {
          subscription.unsubscribe();
          reject(new Error(`${subject} may be subscribed`));
        }),
      );
    });
  }

  const messagesInStream = async (): Promise<number> => {
    const manager = await jetstreamManager(provisioner as NatsConnection, { checkAPI: false });
    return (await manager.streams.info(EVENT_STREAM)).state.messages;
  };
  const consumerOf = (connection: NatsConnection | undefined, name: string) =>
    jetstream(connection as NatsConnection, { apiPrefix: IMPORTED_API_PREFIX, ...GRACE }).consumers.get(
      EVENT_STREAM,
      name,
    );

  it('accepts events from the relay, and knows a repetition', async () => {
    const events = jetstream(relay as NatsConnection);
    expect(await events.publish(EVENT, 'x', { msgID: 'one' })).toMatchObject({ duplicate: false });
    expect(await events.publish(EVENT, 'x', { msgID: 'one' })).toMatchObject({ duplicate: true });
    await expect(events.publish(EVENT, 'x'.repeat(9_000))).rejects.toThrow(/maximum/);
  });

  it.each([
    'oidc.cmd.x',
    `$JS.API.STREAM.PURGE.${EVENT_STREAM}`,
    `$JS.API.STREAM.DELETE.${EVENT_STREAM}`,
    'orders.v1.list',
  ])('refuses %s from the relay', async (subject) => {
    expect(await refusalOfPublishing(relay as NatsConnection, subject)).toMatch(/Permissions Violation/i);
  });

  it('shows every resource server the events of the relay as they pass by, and takes none from them', async () => {
    const subject = `${LIVE_EVENTS_PREFIX}.${EVENT}`;
    const seen: string[] = [];
    for (const connection of [rs1, rs2] as NatsConnection[]) {
      connection.subscribe(`${LIVE_EVENTS_PREFIX}.oidc.evt.v1.>`, {
        callback: (error, message) => void seen.push(error?.message ?? `${message.subject} ${message.string()}`),
      });
      await connection.flush();
    }
    expect(await refusalOfPublishing(rs1 as NatsConnection, subject)).toMatch(/Permissions Violation/i);
    await jetstream(relay as NatsConnection).publish(EVENT, 'live');
    await until(() => seen.length >= 2);
    expect(seen).toEqual([`${subject} live`, `${subject} live`]);
  });

  it('shows a resource server its own consumer, and takes its acknowledgement', async () => {
    await jetstream(relay as NatsConnection).publish(EVENT, 'for both');
    const consumer = await consumerOf(rs1, 'rs-1');
    const messages = await consumer.fetch({ max_messages: 100, expires: 1_000 });
    for await (const message of messages) {
      expect(await message.ackAck()).toBe(true);
      if (message.string() === 'for both') break;
    }
    await until(async () => (await consumer.info()).num_ack_pending === 0);
  });

  it('refuses a resource server the consumer of another', async () => {
    await expect(consumerOf(rs1, 'rs-2')).rejects.toThrow(/permission/i);
    const other = await consumerOf(rs2, 'rs-2');
    const message = await other.next({ expires: 1_000 });
    expect(message).not.toBeNull();
    const ack = message as unknown as { readonly msg: { readonly reply: string } };
    expect(await refusalOfPublishing(rs1 as NatsConnection, ack.msg.reply)).toMatch(/Permissions Violation/i);
  });

  it.each([
    EVENT,
    '_INBOX_relay.x',
    '_INBOX_rs.2.x',
    '_INBOX_rpc.x',
    `${IMPORTED_API_PREFIX}.STREAM.MSG.GET.${EVENT_STREAM}`,
    `${IMPORTED_API_PREFIX}.STREAM.INFO.${EVENT_STREAM}`,
    `${IMPORTED_API_PREFIX}.CONSUMER.CREATE.${EVENT_STREAM}`,
    `$JS.API.CONSUMER.CREATE.${EVENT_STREAM}`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${EVENT_STREAM}.rs-9`,
    rpcSubject('2', 'introspect'),
    ORDERS_SUBJECTS.list,
  ])('refuses %s from a resource server', async (subject) => {
    expect(await refusalOfPublishing(rs1 as NatsConnection, subject)).toMatch(/Permissions Violation/i);
  });

  it.each(['_INBOX_rs.2.>', '_INBOX_client.>', 'oidc.evt.v1.>', rpcSubjectPattern('introspect'), '>'])(
    'refuses a resource server to listen to %s',
    async (subject) => {
      expect(await refusalOfSubscribing(rs1 as NatsConnection, subject)).toMatch(/Permissions Violation/i);
    },
  );

  it('refuses a resource server with the inbox of everybody', async () => {
    const careless = await as(bus.seeds.resourceApi);
    await expect(careless.request(rpcSubject('1', 'jwks'), '{}', GRACE)).rejects.toThrow(/permission/i);
  });

  it('accepts questions of resource servers to the auth-server, and orders of the client to the API', async () => {
    const answer = (connection: NatsConnection | undefined, subject: string): void =>
      void connection?.subscribe(subject, { callback: (_error, message) => void message.respond(message.subject) });
    answer(rpc, rpcSubjectPattern('introspect'));
    answer(rs1, ORDERS_SUBJECTS.list);
    await Promise.all([rpc?.flush(), rs1?.flush()]);
    const ask = async (connection: NatsConnection | undefined, subject: string): Promise<string> =>
      (await (connection as NatsConnection).request(subject, '{}', GRACE)).string();
    expect(await ask(rs2, rpcSubject('2', 'introspect'))).toBe('oidc.rpc.v1.rs-2.introspect');
    expect(await ask(client, ORDERS_SUBJECTS.list)).toBe(ORDERS_SUBJECTS.list);
  });

  it.each([EVENT, 'oidc.rpc.v1.rs-1.introspect', `${IMPORTED_API_PREFIX}.CONSUMER.INFO.${EVENT_STREAM}.rs-1`])(
    'refuses %s from the client and from the responder',
    async (subject) => {
      expect(await refusalOfPublishing(client as NatsConnection, subject)).toMatch(/Permissions Violation/i);
      expect(await refusalOfPublishing(rpc as NatsConnection, subject)).toMatch(/Permissions Violation/i);
    },
  );

  it('shows the auditor the streams, and nothing of it is taken from anybody', async () => {
    await jetstream(relay as NatsConnection).publish(EVENT, 'for the record');
    await jetstream(relay as NatsConnection).publish(GRANT_SUBJECT, 'a pack');
    const reader = await StreamReader.open(bus.nats.url, bus.seeds.auditor);
    try {
      for (const [stream, text] of [
        [EVENT_STREAM, 'for the record'],
        [GRANT_STREAM, 'a pack'],
      ] as const) {
        const { first, last } = await reader.extent(stream);
        const texts: string[] = [];
        for await (const message of reader.read(stream, first, last)) texts.push(message.text);
        expect(texts).toHaveLength(last);
        expect(texts.at(-1)).toBe(text);
      }
      await expect(reader.extent(LOGOUT_STREAM)).rejects.toThrow(/permission/i);
    } finally {
      await reader.close();
    }
  });

  it.each([
    EVENT,
    GRANT_SUBJECT,
    logoutSubject('sample-client'),
    `${IMPORTED_API_PREFIX}.CONSUMER.CREATE.${EVENT_STREAM}`,
    `${IMPORTED_API_PREFIX}.CONSUMER.MSG.NEXT.${EVENT_STREAM}.rs-1`,
    `${IMPORTED_API_PREFIX}.STREAM.PURGE.${EVENT_STREAM}`,
    `$JS.API.STREAM.INFO.${EVENT_STREAM}`,
    ORDERS_SUBJECTS.list,
  ])('refuses %s from the auditor', async (subject) => {
    expect(await refusalOfPublishing(auditor as NatsConnection, subject)).toMatch(/Permissions Violation/i);
  });

  it('shows the sample client its own logout tokens, and refuses those of others', async () => {
    const tokens = jetstream(relay as NatsConnection);
    await tokens.publish(logoutSubject('somebody-else'), 'not ours');
    await tokens.publish(logoutSubject('sample-client'), 'ours');
    const streams = jetstream(client as NatsConnection, { apiPrefix: IMPORTED_API_PREFIX, ...GRACE });
    const consumer = await streams.consumers.get(LOGOUT_STREAM, logoutConsumerName('sample-client'));
    const message = await consumer.next({ expires: 1_000 });
    expect(message?.string()).toBe('ours');
    expect(await message?.ackAck()).toBe(true);
    expect((await consumer.info()).num_pending).toBe(0);
    for (const subject of [
      `${IMPORTED_API_PREFIX}.CONSUMER.MSG.NEXT.${LOGOUT_STREAM}.logout-somebody-else`,
      `${IMPORTED_API_PREFIX}.CONSUMER.CREATE.${LOGOUT_STREAM}`,
      `${IMPORTED_API_PREFIX}.DIRECT.GET.${LOGOUT_STREAM}`,
      logoutSubject('sample-client'),
    ])
      expect(await refusalOfPublishing(client as NatsConnection, subject)).toMatch(/Permissions Violation/i);
    const mine = `${IMPORTED_API_PREFIX}.CONSUMER.MSG.NEXT.${LOGOUT_STREAM}.logout-sample-client`;
    for (const other of [rs1, auditor, rpc])
      expect(await refusalOfPublishing(other as NatsConnection, mine)).toMatch(/Permissions Violation/i);
  });

  it('refuses to let a reply subject carry anything into the stream or to the relay', async () => {
    const before = await messagesInStream();
    const strangers: string[] = [];
    relay?.subscribe('_INBOX_relay.stolen', { callback: (_error, message) => void strangers.push(message.string()) });
    await relay?.flush();
    const reads = ['CONSUMER.INFO', 'CONSUMER.MSG.NEXT'].map(
      (verb) => `${IMPORTED_API_PREFIX}.${verb}.${EVENT_STREAM}.rs-1`,
    );
    const looks = [`STREAM.INFO.${EVENT_STREAM}`, `DIRECT.GET.${EVENT_STREAM}`];
    for (const look of looks)
      for (const reply of [EVENT, GRANT_SUBJECT, '_INBOX_relay.stolen'])
        auditor?.publish(`${IMPORTED_API_PREFIX}.${look}`, '{"seq":1}', { reply });
    for (const subject of [...reads, rpcSubject('1', 'introspect')]) {
      for (const reply of [EVENT, '_INBOX_relay.stolen']) rs1?.publish(subject, '{}', { reply });
    }
    for (const reply of [EVENT, '_INBOX_relay.stolen']) client?.publish(ORDERS_SUBJECTS.list, '{}', { reply });
    await Promise.all([rs1?.flush(), auditor?.flush(), client?.flush(), rpc?.flush(), relay?.flush()]);
    expect(await messagesInStream()).toBe(before);
    expect(strangers).toEqual([]);
  });

  it('refuses strangers', async () => {
    await expect(connect({ servers: bus.nats.url })).rejects.toThrow(/authorization/i);
    const authenticator = nkeyAuthenticator(new TextEncoder().encode(generateNatsUser().seed));
    await expect(connect({ servers: bus.nats.url, authenticator })).rejects.toThrow(/authorization/i);
  });
});
