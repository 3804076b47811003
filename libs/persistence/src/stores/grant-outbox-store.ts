import { MAXIMUM_EVENT_BYTES } from '@tandem/contracts';
import type { GrantEvent, GrantEventPack } from '@tandem/contracts';
import { statement } from '../database.js';
import type { Database } from '../database.js';
import { ENDED_EVENT, ISSUED_EVENT, RECORD_COLUMNS } from './grant-record.js';

interface WaitingRow {
  readonly id: string;
  readonly event: GrantEvent;
}

/** Some rows as one message; `key` is the pack's own, since the order of packs means nothing. */
export interface WaitingPack {
  readonly id: string;
  readonly key: string;
  readonly event: GrantEventPack;
}

const CLAIM = statement<WaitingRow>(
  'grant_outbox_claim',
  'SELECT id, event FROM grant_outbox ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED',
);
const TAKE_OUT = statement('grant_outbox_take_out', 'DELETE FROM grant_outbox WHERE id = ANY ($1::uuid[])');
const DEPTH = statement<{ depth: number }>('grant_outbox_depth', 'SELECT count(*)::int AS depth FROM grant_outbox');
const REFILL = statement<{ one: number }>(
  'grant_outbox_refill',
  `INSERT INTO grant_outbox (event)
   SELECT ${ISSUED_EVENT} FROM (SELECT ${RECORD_COLUMNS} FROM grants WHERE created_at > clock_timestamp() - make_interval(secs => $1)) g
   UNION ALL
   SELECT ${ENDED_EVENT} FROM grants g
    WHERE created_at > clock_timestamp() - make_interval(secs => $1) AND revoke_reason IN ('session_ended', 'restored')
   RETURNING 1 AS one`,
);

/** Packs are filled up to what surely fits into a message. */
function packed(rows: readonly WaitingRow[]): readonly (WaitingPack & { readonly rows: readonly string[] })[] {
  const packs: { rows: string[]; events: GrantEvent[]; bytes: number }[] = [];
  for (const { id, event } of rows) {
    const bytes = Buffer.byteLength(JSON.stringify(event)) + 1;
    const last = packs.at(-1);
    if (last === undefined || last.bytes + bytes > MAXIMUM_EVENT_BYTES)
      packs.push({ rows: [id], events: [event], bytes });
    else {
      last.rows.push(id);
      last.events.push(event);
      last.bytes += bytes;
    }
  }
  return packs.map((pack) => {
    const id = pack.rows[0] as string;
    return { id, key: id, event: { id, type: 'grants', events: pack.events }, rows: pack.rows };
  });
}

/**
 * What was told of grants and waits for the bus. Rows leave when the stream has them; any replica may take any of them,
 * since each event says which contents of its grant it tells.
 */
export class GrantOutboxStore {
  constructor(private readonly database: Database) {}

  /** Hands at most `limit` rows as packs to `publish` and takes out those of the packs whose ids it returns. */
  publishBatch(
    limit: number,
    publish: (packs: readonly WaitingPack[]) => Promise<ReadonlySet<string>>,
  ): Promise<number> {
    return this.database.transaction(async (queries) => {
      const rows = await queries.all(CLAIM, [limit]);
      if (rows.length === 0) return 0;
      const packs = packed(rows);
      const published = await publish(packs);
      const settled = packs.filter(({ id }) => published.has(id)).flatMap((pack) => pack.rows);
      if (settled.length > 0) await queries.all(TAKE_OUT, [settled]);
      return settled.length;
    });
  }

  /** Nobody waits for these: they are looked for now and then. */
  onWake(): () => void {
    return () => undefined;
  }

  async depth(): Promise<number> {
    return (await this.database.first(DEPTH, []))?.depth ?? 0;
  }

  /** Tells the grants of the last seconds again from what they are now, when the stream has lost them. Returns how many events. */
  async reopen(withinSeconds: number): Promise<number> {
    return (await this.database.all(REFILL, [withinSeconds])).length;
  }
}
