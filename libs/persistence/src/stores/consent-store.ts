import { statement } from '../database.js';
import type { Database } from '../database.js';

const ALLOW = statement(
  'consent_allow',
  `INSERT INTO consents AS c (user_id, client_id, scope) VALUES ($1, $2, $3)
   ON CONFLICT (user_id, client_id) DO UPDATE
     SET scope = (SELECT array_agg(DISTINCT word) FROM unnest(c.scope || excluded.scope) AS word), updated_at = clock_timestamp()`,
);

/** Remembered answers of users to what clients asked. */
export class ConsentStore {
  constructor(private readonly database: Database) {}

  /** Adds entries to what the user has allowed the client. */
  async allow(userId: string, clientId: string, entries: readonly string[]): Promise<void> {
    await this.database.all(ALLOW, [userId, clientId, entries]);
  }
}
