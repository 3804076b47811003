import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { AckPolicy, DeliverPolicy, DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connect, nkeyAuthenticator, nanos } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { EVENT_STREAM, EVENT_SUBJECT_PREFIX, eventConsumerName } from '@tandem/contracts';
import { serversOf } from './nats-link.js';
import { INBOXES } from './nats-server-config.js';

const DAY_MILLISECONDS = 86_400_000;

/** What has to be there: the stream and one durable pull consumer for each instance of a resource server. */
export interface Provision {
  readonly instances: readonly string[];
  /** 1 for a single server, 3 for a cluster. */
  readonly replicas?: number;
}

const streamConfig = (replicas: number): Partial<StreamConfig> & { readonly name: string } => ({
  name: EVENT_STREAM,
  subjects: [`${EVENT_SUBJECT_PREFIX}>`],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  // Longer than any access token lives, so that a listener can always catch up on what still matters.
  max_age: nanos(DAY_MILLISECONDS),
  max_msg_size: 8_192,
  max_bytes: 256 * 1_024 * 1_024,
  duplicate_window: nanos(120_000),
  num_replicas: replicas,
  deny_delete: true,
  deny_purge: true,
  allow_direct: true,
});

/** A stream that isn't there, as opposed to a server that doesn't answer. */
async function exists(manager: JetStreamManager): Promise<boolean> {
  try {
    await manager.streams.info(EVENT_STREAM);
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return false;
    throw error;
  }
}

/** Makes the stream and the consumers, or brings them up to date; may be repeated. */
export async function provisionEventStream(
  connection: NatsConnection,
  { instances, replicas = 1 }: Provision,
): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const config = streamConfig(replicas);
  if (await exists(manager)) await manager.streams.update(EVENT_STREAM, config);
  else await manager.streams.add(config);
  for (const instance of instances) {
    await manager.consumers.add(EVENT_STREAM, {
      durable_name: eventConsumerName(instance),
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(10_000),
      max_ack_pending: 1_000,
      filter_subject: `${EVENT_SUBJECT_PREFIX}>`,
    });
  }
}

/** Connects as the provisioner, provisions, and leaves: the one-shot job of a deployment. */
export async function provision(url: string, seedFile: string | undefined, what: Provision): Promise<void> {
  const seed = seedFile === undefined ? undefined : new TextEncoder().encode(readFileSync(seedFile, 'utf8').trim());
  const connection = await connect({
    servers: serversOf(url),
    name: 'provisioner',
    ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(seed), inboxPrefix: INBOXES.provisioner }),
  });
  try {
    await provisionEventStream(connection, what);
  } finally {
    await connection.close();
  }
}
