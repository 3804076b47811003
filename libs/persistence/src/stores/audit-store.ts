import { statement } from '../database.js';
import type { Database } from '../database.js';

/** One line of the audit log: what happened, to whom, by whom. Never a token, code, password or secret. */
export interface AuditEvent {
  readonly type: string;
  readonly clientId?: string;
  readonly userId?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** Appends the events of a parameter, see `auditRows`; also within a larger statement. */
export const writeAudit = (parameter: `$${number}`): string =>
  `INSERT INTO audit_events (type, client_id, user_id, detail)
     SELECT * FROM jsonb_to_recordset(${parameter}::jsonb) AS e (type text, client_id text, user_id text, detail jsonb)`;

/** The value of that parameter. */
export const auditRows = (events: readonly AuditEvent[]): string =>
  JSON.stringify(
    events.map(({ type, clientId, userId, detail }) => ({
      type,
      client_id: clientId,
      user_id: userId,
      detail: detail ?? {},
    })),
  );

const WRITE = statement('audit_write', writeAudit('$1'));

/** The audit log: only ever appended to. */
export class AuditStore {
  constructor(private readonly database: Database) {}

  async write(events: readonly AuditEvent[]): Promise<void> {
    await this.database.all(WRITE, [auditRows(events)]);
  }
}
