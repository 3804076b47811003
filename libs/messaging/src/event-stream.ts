import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import { AckPolicy, DeliverPolicy, DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import type { JetStreamManager, StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { nanos } from '@nats-io/transport-node';
import {
  EVENT_STREAM,
  EVENT_SUBJECT_PREFIX,
  eventConsumerName,
  GRANT_STREAM,
  GRANT_SUBJECT,
  LOGOUT_STREAM,
  LOGOUT_SUBJECTS,
  logoutConsumerName,
  logoutSubject,
  MAXIMUM_MESSAGE_BYTES,
} from '@tandem/contracts';
import { connectOnce } from './nats-link.js';
import { INBOXES } from './nats-server-config.js';

const DAY_MILLISECONDS = 86_400_000;

/** What has to be there: the streams, and one durable pull consumer for each instance of a resource server and each receiver. */
export interface Provision {
  readonly instances: readonly string[];
  /** Names of those who take logout tokens from NATS. */
  readonly logoutReceivers?: readonly string[];
  /** 1 for a single server, 3 for a cluster. */
  readonly replicas?: number;
}

const MEBIBYTE = 1_024 * 1_024;

/** The streams, what goes into them, and how much. */
const STREAMS = [
  { name: EVENT_STREAM, subject: `${EVENT_SUBJECT_PREFIX}>`, bytes: 256 * MEBIBYTE },
  { name: GRANT_STREAM, subject: GRANT_SUBJECT, bytes: 256 * MEBIBYTE },
  { name: LOGOUT_STREAM, subject: LOGOUT_SUBJECTS, bytes: 16 * MEBIBYTE },
] as const;

const streamConfig = (
  { name, subject, bytes }: (typeof STREAMS)[number],
  replicas: number,
): Partial<StreamConfig> & { readonly name: string } => ({
  name,
  subjects: [subject],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  // Longer than any access token lives, so that a listener can always catch up on what still matters.
  max_age: nanos(DAY_MILLISECONDS),
  max_msg_size: MAXIMUM_MESSAGE_BYTES,
  max_bytes: bytes,
  duplicate_window: nanos(120_000),
  num_replicas: replicas,
  deny_delete: true,
  deny_purge: true,
  allow_direct: true,
});

/** A stream that isn't there, as opposed to a server that doesn't answer. */
async function exists(manager: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await manager.streams.info(stream);
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return false;
    throw error;
  }
}

/** Makes the streams and the consumers, or brings them up to date; may be repeated. */
export async function provisionStreams(
  connection: NatsConnection,
  { instances, logoutReceivers = [], replicas = 1 }: Provision,
): Promise<void> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  for (const stream of STREAMS) {
    const config = streamConfig(stream, replicas);
    if (await exists(manager, stream.name)) await manager.streams.update(stream.name, config);
    else await manager.streams.add(config);
  }
  const consumer = (stream: string, name: string, subject: string): Promise<unknown> =>
    manager.consumers.add(stream, {
      durable_name: name,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(10_000),
      max_ack_pending: 1_000,
      filter_subject: subject,
    });
  for (const instance of instances)
    await consumer(EVENT_STREAM, eventConsumerName(instance), `${EVENT_SUBJECT_PREFIX}>`);
  for (const receiver of logoutReceivers)
    await consumer(LOGOUT_STREAM, logoutConsumerName(receiver), logoutSubject(receiver));
}

/** Connects as the provisioner, provisions, and leaves: the one-shot job of a deployment. */
export async function provision(url: string, seedFile: string | undefined, what: Provision): Promise<void> {
  const credentials = seedFile === undefined ? {} : { seedFile, inboxPrefix: INBOXES.provisioner };
  const connection = await connectOnce({ url, name: 'provisioner', ...credentials });
  try {
    await provisionStreams(connection, what);
  } finally {
    await connection.close();
  }
}
