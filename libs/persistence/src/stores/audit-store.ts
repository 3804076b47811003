import { statement } from '../database.js';
import type { Database } from '../database.js';

/** One line of the audit log: what happened, to whom, by whom. Never a token, code, password or secret. */
export interface AuditEvent {
  readonly type: string;
  readonly clientId?: string;
  readonly userId?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

const WRITE = statement(
  'audit_write',
  `INSERT INTO audit_events (type, client_id, user_id, detail) SELECT * FROM jsonb_to_recordset($1::jsonb) AS e (type text, client_id text, user_id text, detail jsonb)`,
);

/** The audit log: only ever appended to. */
export class AuditStore {
  constructor(private readonly database: Database) {}

  async write(events: readonly AuditEvent[]): Promise<void> {
    const rows = events.map(({ type, clientId, userId, detail }) => ({
      type,
      client_id: clientId,
      user_id: userId,
      detail: detail ?? {},
    }));
    await this.database.all(WRITE, [JSON.stringify(rows)]);
  }
}
