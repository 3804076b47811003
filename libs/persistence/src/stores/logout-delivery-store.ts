import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';

/** A client that still has to be told that a session ended. */
export interface LogoutDelivery {
  readonly id: string;
  readonly clientId: string;
  readonly userId: string;
  readonly sid: string;
  readonly over: 'http' | 'nats';
  /** Attempts made so far, the one that this claim is for included. */
  readonly attempts: number;
}

interface Row {
  readonly id: string;
  readonly client_id: string;
  readonly user_id: string;
  readonly sid: string;
  readonly over: LogoutDelivery['over'];
  readonly attempts: number;
}

const KEEP = statement(
  'logout_delivery_keep',
  `INSERT INTO logout_deliveries (client_id, user_id, sid, over)
   SELECT DISTINCT g.client_id, $2, $1, CASE WHEN c.definition ? 'backchannelLogoutNats' THEN 'nats' ELSE 'http' END
     FROM grants g JOIN clients c USING (client_id)
    WHERE g.sid = $1 AND c.disabled_at IS NULL AND c.definition ?| '{backchannelLogoutUri,backchannelLogoutNats}'`,
);
// Claiming pushes the next attempt out, so that a sender that dies is followed by another one. A client's server may need
// time to recover; the bus does not mind being asked.
const CLAIM = statement(
  'logout_delivery_claim',
  `UPDATE logout_deliveries SET attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => CASE over WHEN 'nats' THEN 5 ELSE 5 * 3 ^ attempts END)
    WHERE id IN (SELECT id FROM logout_deliveries WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING id, client_id, user_id, sid, over, attempts`,
  (row: Row): LogoutDelivery => ({
    id: row.id,
    clientId: row.client_id,
    userId: row.user_id,
    sid: row.sid,
    over: row.over,
    attempts: row.attempts,
  }),
);
const END = statement('logout_delivery_end', 'DELETE FROM logout_deliveries WHERE id = $1');

/** Notes whom to tell, in the transaction that ends the session: nobody is forgotten by a crash. */
export async function keepLogoutDeliveries(queries: Queries, sid: string, userId: string): Promise<void> {
  await queries.all(KEEP, [sid, userId]);
}

/** Back-channel logouts that wait to be delivered. */
export class LogoutDeliveryStore {
  constructor(private readonly database: Database) {}

  /** Takes at most `limit` that are due; each comes up again, later and later, until it is ended. */
  claim(limit: number): Promise<readonly LogoutDelivery[]> {
    return this.database.all(CLAIM, [limit]);
  }

  async end(id: string): Promise<void> {
    await this.database.all(END, [id]);
  }
}
