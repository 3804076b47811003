import { statement } from '../database.js';
import type { Database } from '../database.js';
import { auditRows, writeAudit } from './audit-store.js';
import type { AuditEvent } from './audit-store.js';

const ANSWER = statement(
  'consent_answer',
  `WITH answered AS (UPDATE interactions SET consent = $2, consented_sid = $3 WHERE interaction_id = $1),
   told AS (${writeAudit('$7')})
   INSERT INTO consents AS c (user_id, client_id, scope) SELECT $4, $5, $6::text[] WHERE $2 = 'accepted'
   ON CONFLICT (user_id, client_id) DO UPDATE
     SET scope = (SELECT array_agg(DISTINCT word) FROM unnest(c.scope || excluded.scope) AS word), updated_at = clock_timestamp()`,
);

/** What a user has answered to what a client asks in a pending request. */
export interface ConsentAnswer {
  readonly interactionId: string;
  readonly decision: 'accepted' | 'denied';
  /** The session in which it was answered. */
  readonly sid: string;
  readonly userId: string;
  readonly clientId: string;
  /** What the client may have from now on, see `consentEntries` in protocol; added to what it was allowed before. */
  readonly entries: readonly string[];
}

/** Remembered answers of users to what clients asked. */
export class ConsentStore {
  constructor(private readonly database: Database) {}

  /** Notes an answer with the request, remembers what was allowed and writes the event, in one statement. */
  async answer(answer: ConsentAnswer, event: AuditEvent): Promise<void> {
    const { interactionId, decision, sid, userId, clientId, entries } = answer;
    await this.database.all(ANSWER, [interactionId, decision, sid, userId, clientId, entries, auditRows([event])]);
  }
}
