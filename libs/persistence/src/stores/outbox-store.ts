import { randomUUID } from 'node:crypto';
import { MAXIMUM_EVENT_BYTES } from '@tandem/contracts';
import type { AnyDomainEvent } from '@tandem/contracts';
import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';

/** A domain event before the outbox gives it `id` and `at`. */
export type NewEvent = AnyDomainEvent extends infer E
  ? E extends AnyDomainEvent
    ? Omit<E, 'id' | 'at'>
    : never
  : never;

/** An event that waits to be published; `key` orders it among events of the same family. */
export interface OutboxRow {
  readonly id: string;
  readonly sequence: string;
  readonly key: string;
  readonly event: AnyDomainEvent;
}

/** What a notification tells of an event: enough to drop a cached copy. */
export interface CommittedChange {
  readonly type: string;
  readonly key: string;
}

const CHANNEL = 'outbox';
const RECONNECT_MS = 500;

function changeOf(payload: string | undefined): CommittedChange | undefined {
  const [type, key] = (payload ?? '').split(' ', 2);
  return type === undefined || key === undefined ? undefined : { type, key };
}

const INSERT = statement<{ sequence: string }>(
  'outbox_insert',
  `WITH row AS (
     INSERT INTO outbox (id, key, event)
     VALUES ($1::uuid, $2, $3::jsonb || jsonb_build_object('id', ($1::uuid)::text, 'at', floor(extract(epoch FROM clock_timestamp()))))
     RETURNING sequence)
   SELECT sequence, pg_notify('${CHANNEL}', ($3::jsonb->>'type') || ' ' || $2) FROM row`,
);
const CLAIM = statement<OutboxRow>(
  'outbox_claim',
  `SELECT id, sequence::text, key, event FROM outbox
    WHERE published_at IS NULL ORDER BY outbox.sequence LIMIT $1 FOR UPDATE SKIP LOCKED`,
);
const PUBLISHED = statement(
  'outbox_published',
  'UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY ($1::uuid[])',
);
const DEPTH = statement<{ depth: number }>(
  'outbox_depth',
  'SELECT count(*)::int AS depth FROM outbox WHERE published_at IS NULL',
);
const REOPEN = statement<{ id: string }>(
  'outbox_reopen',
  "UPDATE outbox SET published_at = NULL WHERE created_at > clock_timestamp() - make_interval(secs => $1) AND event->>'type' <> 'heartbeat' RETURNING id",
);
const HEARTBEAT_KEY = 'heartbeat';
const RECENT_BEAT = statement<{ one: number }>(
  'outbox_recent_beat',
  `SELECT 1 AS one FROM outbox WHERE key = '${HEARTBEAT_KEY}' AND created_at > clock_timestamp() - make_interval(secs => $1) LIMIT 1`,
);
const SINGLE_RELAY = statement<{ mine: boolean }>(
  'outbox_relay_lock',
  'SELECT pg_try_advisory_xact_lock(7264612) AS mine',
);

/**
 * Writes an event in the transaction of the change that it tells: neither is there without the other. One that no stream
 * would take undoes the change, since it would hold back the heartbeats of everybody.
 */
export async function enqueue(queries: Queries, key: string, event: NewEvent): Promise<void> {
  const text = JSON.stringify(event);
  if (Buffer.byteLength(text) > MAXIMUM_EVENT_BYTES) throw new Error(`an event ${event.type} would be too large`);
  await queries.all(INSERT, [randomUUID(), key, text]);
}

/** Events that wait for the relay. */
export class OutboxStore {
  constructor(private readonly database: Database) {}

  /** Writes a heartbeat unless any replica has done so in the last `seconds`. */
  async beat(seconds: number): Promise<void> {
    const recent = await this.database.first(RECENT_BEAT, [seconds]);
    if (recent === undefined) await enqueue(this.database, HEARTBEAT_KEY, { type: 'heartbeat' });
  }

  /**
   * Hands at most `limit` waiting rows, oldest first, to `publish` and marks those whose ids it returns. One relay at a
   * time, so that the order of a family holds across replicas; a relay that can't have the turn gets 0.
   */
  publishBatch(limit: number, publish: (rows: readonly OutboxRow[]) => Promise<ReadonlySet<string>>): Promise<number> {
    return this.database.transaction(async (queries) => {
      const turn = await queries.first(SINGLE_RELAY, []);
      if (turn?.mine !== true) return 0;
      const rows = await queries.all(CLAIM, [limit]);
      if (rows.length === 0) return 0;
      const published = await publish(rows);
      if (published.size > 0) await queries.all(PUBLISHED, [[...published]]);
      return published.size;
    });
  }

  async depth(): Promise<number> {
    return (await this.database.first(DEPTH, []))?.depth ?? 0;
  }

  /** Marks recent events as unpublished again, when the stream has lost them. Returns how many. */
  async reopen(withinSeconds: number): Promise<number> {
    return (await this.database.all(REOPEN, [withinSeconds])).length;
  }

  /**
   * Calls `listener` whenever an event was committed by any process, with what it was; without, after the connection was
   * made or made again, when anything may have happened. Returns how to stop.
   */
  onWake(listener: (change?: CommittedChange) => void): () => void {
    let stopped = false;
    let release: (() => void) | undefined;
    let retry: NodeJS.Timeout | undefined;
    // A connection that breaks under LISTEN says so twice, by an event and by the failed statement: one retry is enough.
    const lost = (): void => {
      release?.();
      release = undefined;
      if (!stopped) retry ??= setTimeout(() => void connect(), RECONNECT_MS).unref();
    };
    const connect = async (): Promise<void> => {
      retry = undefined;
      try {
        const client = await this.database.connection();
        release = () => client.release(true);
        client.on('error', lost);
        client.on('notification', ({ payload }) => listener(changeOf(payload)));
        await client.query(`LISTEN ${CHANNEL}`);
        if (stopped) release?.();
        else listener();
      } catch {
        lost();
      }
    };
    void connect();
    return () => {
      stopped = true;
      release?.();
      release = undefined;
    };
  }
}
