import { statement } from './database.js';
import type { Database } from './database.js';

/** How long rows are kept after they count no more: a replayed code must still be known as one for a day. */
const EXPIRED: Readonly<Record<string, string>> = {
  authorization_codes: "expires_at < clock_timestamp() - interval '1 day'",
  refresh_tokens: "expires_at < clock_timestamp() - interval '1 day'",
  access_tokens: "expires_at < clock_timestamp() - interval '1 hour'",
  interactions: 'expires_at < clock_timestamp()',
  sessions: "expires_at < clock_timestamp() - interval '1 day'",
  assertions_seen: "expires_at < clock_timestamp() - interval '5 minutes'",
  revocations: 'until < clock_timestamp()',
  grants: "expires_at < clock_timestamp() - interval '1 day'",
  throttles: "resets_at < clock_timestamp() - interval '1 hour'",
  proofs: 'expires_at < clock_timestamp()',
  mails: "created_at < clock_timestamp() - interval '1 day'",
  // Published ones are gone already: these wait for a bus that isn't there, for longer than its stream would keep them.
  grant_outbox: "created_at < clock_timestamp() - interval '1 day'",
  outbox: "published_at < clock_timestamp() - interval '2 days'",
};
const BATCH = 1_000;

const TURN = statement<{ mine: boolean }>('purge_turn', 'SELECT pg_try_advisory_xact_lock(7264614) AS mine');
const PURGES = Object.entries(EXPIRED).map(([table, condition]) =>
  statement(
    `purge_${table}`,
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT ${BATCH})) RETURNING 1 AS one`,
  ),
);

/** Deletes one bounded batch of rows that count no more from every table. Returns whether any batch was full. */
export async function purgeExpired(database: Database): Promise<boolean> {
  let full = false;
  for (const purge of PURGES) {
    const deleted = await database.transaction(async (queries) => {
      const turn = await queries.first(TURN, []);
      return turn?.mine === true ? (await queries.all(purge, [])).length : 0;
    });
    full ||= deleted === BATCH;
  }
  return full;
}
