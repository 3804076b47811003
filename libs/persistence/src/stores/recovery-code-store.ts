import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';

// Waits for whoever changes the same user's second factor: two sets of codes never stand side by side.
const HOLD = statement('recovery_codes_hold', 'SELECT 1 AS one FROM totp_secrets WHERE user_id = $1 FOR UPDATE');
const CLEAR = statement('recovery_codes_clear', 'DELETE FROM recovery_codes WHERE user_id = $1');
const ADD = statement(
  'recovery_codes_add',
  'INSERT INTO recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])',
);
const USE = statement(
  'recovery_code_use',
  `UPDATE recovery_codes SET used_at = clock_timestamp()
    WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING 1 AS one`,
);
const LEFT = statement(
  'recovery_codes_left',
  'SELECT count(*)::int AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL',
  (row: { left: number }) => row.left,
);

/** Replaces a user's codes inside a transaction that holds the user's second factor. */
export async function replaceRecoveryCodesIn(
  queries: Queries,
  userId: string,
  codeHashes: readonly Buffer[],
): Promise<void> {
  await queries.all(CLEAR, [userId]);
  if (codeHashes.length > 0) await queries.all(ADD, [userId, codeHashes]);
}

/** Codes for a user whose authenticator app is lost. Only keyed hashes are kept; each is good once. */
export class RecoveryCodeStore {
  constructor(private readonly database: Database) {}

  /** Replaces all codes; false when the user has no second factor that they could stand in for. */
  replace(userId: string, codeHashes: readonly Buffer[]): Promise<boolean> {
    return this.database.transaction(async (queries) => {
      if ((await queries.first(HOLD, [userId])) === undefined) return false;
      await replaceRecoveryCodesIn(queries, userId, codeHashes);
      return true;
    });
  }

  /** Spends a code; false when there is no such code or it was spent before. */
  async use(userId: string, codeHash: Buffer): Promise<boolean> {
    return (await this.database.first(USE, [userId, codeHash])) !== undefined;
  }

  /** How many were not spent yet. */
  async left(userId: string): Promise<number> {
    return (await this.database.first(LEFT, [userId])) ?? 0;
  }
}
