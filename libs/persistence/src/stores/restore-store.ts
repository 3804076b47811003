import { statement } from '../database.js';
import type { Database, Statement } from '../database.js';
import { ENDED_EVENT } from './grant-record.js';

const BATCH = 1_000;
const END_SESSIONS = statement<{ one: number }>(
  'restore_end_sessions',
  `UPDATE sessions SET ended_at = clock_timestamp()
    WHERE sid IN (SELECT sid FROM sessions WHERE ended_at IS NULL LIMIT ${BATCH}) RETURNING 1 AS one`,
);
const END_GRANTS = statement<{ one: number }>(
  'restore_end_grants',
  `WITH ended AS (
     UPDATE grants SET revoked_at = clock_timestamp(), revoke_reason = 'restored', version = version + 1
      WHERE grant_id IN (SELECT grant_id FROM grants WHERE revoked_at IS NULL LIMIT ${BATCH})
     RETURNING grant_id, revoked_at, revoke_reason)
   INSERT INTO grant_outbox (event) SELECT ${ENDED_EVENT} FROM ended g RETURNING 1 AS one`,
);
const DROP_PROOFS = statement<{ one: number }>(
  'restore_drop_proofs',
  `DELETE FROM proofs WHERE ctid = ANY (ARRAY(SELECT ctid FROM proofs LIMIT ${BATCH})) RETURNING 1 AS one`,
);

/** How much was alive in a restored database. */
export interface EndedByRestore {
  readonly sessions: number;
  readonly grants: number;
}

/** What a restored database may hold that was ended, used or revoked after its backup was made. */
export class RestoreStore {
  constructor(private readonly database: Database) {}

  /**
   * Ends every session and grant and forgets mailed codes and links. In batches, so that none meets the statement
   * timeout; done again after an interruption it goes on. APIs are not told of each: only withdrawn keys kill the access tokens.
   */
  async endEverything(): Promise<EndedByRestore> {
    const sessions = await this.repeat(END_SESSIONS);
    const grants = await this.repeat(END_GRANTS);
    await this.repeat(DROP_PROOFS);
    return { sessions, grants };
  }

  private async repeat(batch: Statement<{ one: number }>): Promise<number> {
    let total = 0;
    for (;;) {
      const { length } = await this.database.all(batch, []);
      total += length;
      if (length < BATCH) return total;
    }
  }
}
