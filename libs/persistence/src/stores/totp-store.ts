import { statement } from '../database.js';
import type { Database } from '../database.js';
import { replaceRecoveryCodesIn } from './recovery-code-store.js';

const ENROL = statement(
  'totp_enrol',
  `INSERT INTO totp_secrets (user_id, sealed, last_step) VALUES ($1, $2, $3)
   ON CONFLICT (user_id) DO NOTHING RETURNING 1 AS one`,
);
const FIND = statement(
  'totp_find',
  'SELECT sealed FROM totp_secrets WHERE user_id = $1',
  (row: { sealed: Buffer }) => row.sealed,
);
const ENROLLED_AT = statement(
  'totp_enrolled_at',
  'SELECT extract(epoch FROM created_at)::float8 AS at FROM totp_secrets WHERE user_id = $1',
  (row: { at: number }) => row.at,
);
const USE_STEP = statement(
  'totp_use_step',
  'UPDATE totp_secrets SET last_step = $3 WHERE user_id = $1 AND sealed = $2 AND last_step < $3 RETURNING 1 AS one',
);
const REMOVE = statement('totp_remove', 'DELETE FROM totp_secrets WHERE user_id = $1 RETURNING 1 AS one');

/** Secrets that users share with their authenticator apps, sealed before they get here. */
export class TotpStore {
  constructor(private readonly database: Database) {}

  /** Keeps a secret that was proven at a time step, with its recovery codes; false when the user has one already. */
  enrol(userId: string, sealed: Buffer, step: number, recoveryCodeHashes: readonly Buffer[]): Promise<boolean> {
    return this.database.transaction(async (queries) => {
      if ((await queries.first(ENROL, [userId, sealed, step])) === undefined) return false;
      await replaceRecoveryCodesIn(queries, userId, recoveryCodeHashes);
      return true;
    });
  }

  /** The sealed secret, when the user has one. */
  find(userId: string): Promise<Buffer | undefined> {
    return this.database.first(FIND, [userId]);
  }

  /** Since when, in epoch seconds, the user has one. */
  enrolledAt(userId: string): Promise<number | undefined> {
    return this.database.first(ENROLLED_AT, [userId]);
  }

  /** Spends a time step of that secret: a code counts once, and none that is older than it counts any more. */
  async useStep(userId: string, sealed: Buffer, step: number): Promise<boolean> {
    return (await this.database.first(USE_STEP, [userId, sealed, step])) !== undefined;
  }

  /** Removes the secret and its recovery codes; false when there was none. */
  remove(userId: string): Promise<boolean> {
    return this.database.transaction(async (queries) => {
      const removed = await queries.first(REMOVE, [userId]);
      await replaceRecoveryCodesIn(queries, userId, []);
      return removed !== undefined;
    });
  }
}
