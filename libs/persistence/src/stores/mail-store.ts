import { statement } from '../database.js';
import type { Database } from '../database.js';

/** A mail that waits or was sent. What it says is sealed by the caller: it holds codes and links. */
export interface StoredMail {
  readonly id: string;
  /** Absent: nobody is to get it; it is only there so that an unknown address costs the same. */
  readonly recipient?: string;
  readonly sealed: Buffer;
  /** Attempts made so far, the one that this claim is for included. */
  readonly attempts: number;
  readonly createdAt: number;
}

interface Row {
  readonly id: string;
  readonly recipient: string | null;
  readonly sealed: Buffer;
  readonly attempts: number;
  readonly created_at: number;
}

const mailOf = (row: Row): StoredMail => ({
  ...{ id: row.id, sealed: row.sealed, attempts: row.attempts, createdAt: row.created_at },
  ...(row.recipient === null ? {} : { recipient: row.recipient }),
});
const COLUMNS = 'id, recipient, sealed, attempts, extract(epoch FROM created_at)::float8 AS created_at';

const KEEP = statement('mail_keep', 'INSERT INTO mails (recipient, sealed) VALUES ($1, $2)');
// A claim is a lease: a sender that dies with it is followed by another one.
const CLAIM = statement(
  'mail_claim',
  `UPDATE mails SET attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => $2)
    WHERE id IN (SELECT id FROM mails WHERE sent_at IS NULL AND due_at <= clock_timestamp() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
   RETURNING ${COLUMNS}`,
  mailOf,
);
const LATER = statement(
  'mail_later',
  'UPDATE mails SET due_at = clock_timestamp() + make_interval(secs => $2) WHERE id = $1 AND sent_at IS NULL',
);
const SENT = statement('mail_sent', 'UPDATE mails SET sent_at = clock_timestamp() WHERE id = $1');
const DROP = statement('mail_drop', 'DELETE FROM mails WHERE id = $1');
const RECENT = statement(
  'mail_recent',
  `SELECT ${COLUMNS} FROM mails WHERE recipient IS NOT NULL ORDER BY created_at DESC LIMIT $1`,
  mailOf,
);

/** Mails on their way out. They are kept before they are sent, so that no mail server holds up a page or loses a mail. */
export class MailStore {
  constructor(private readonly database: Database) {}

  async keep(recipient: string | undefined, sealed: Buffer): Promise<void> {
    await this.database.all(KEEP, [recipient ?? null, sealed]);
  }

  /** Takes at most `limit` that are due, for a time; what is neither sent nor dropped by then comes up again. */
  claim(limit: number, leaseSeconds: number): Promise<readonly StoredMail[]> {
    return this.database.all(CLAIM, [limit, leaseSeconds]);
  }

  /** Puts off a mail that could not be sent. */
  async later(id: string, seconds: number): Promise<void> {
    await this.database.all(LATER, [id, seconds]);
  }

  async sent(id: string): Promise<void> {
    await this.database.all(SENT, [id]);
  }

  async drop(id: string): Promise<void> {
    await this.database.all(DROP, [id]);
  }

  /** The last mails, newest first, for the mailbox page of a development system. */
  recent(limit: number): Promise<readonly StoredMail[]> {
    return this.database.all(RECENT, [limit]);
  }
}
