import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';

/** Ways to sign in that are switched on: what is left of a user when one is taken away. */
export interface WaysToSignIn {
  readonly methods: readonly string[];
  readonly connections: readonly string[];
}

class LastWay extends Error {}

// Two ways of one user that are taken away at once take turns, so that the second sees what the first has left.
const TURN = statement('way_turn', 'SELECT 1 AS one FROM users WHERE user_id = $1 FOR UPDATE');
const LEFT = statement(
  'ways_left',
  `SELECT 1 AS one FROM users u WHERE u.user_id = $1
      AND (('password' = ANY ($2::text[]) AND u.password_hash IS NOT NULL)
        OR ('email-code' = ANY ($2::text[]) AND u.email_verified)
        OR ('passkey' = ANY ($2::text[]) AND EXISTS (SELECT FROM passkeys p WHERE p.user_id = u.user_id))
        OR EXISTS (SELECT FROM federated_identities f WHERE f.user_id = u.user_id AND f.connection = ANY ($3::text[])))`,
);

/**
 * Takes a way to sign in from its user by `remove`, unless none would be left.
 *
 * @returns what `remove` returned: undefined for nothing there; `'last'`, and nothing was changed, for the last way.
 */
export async function takeWay<Removed>(
  database: Database,
  userId: string,
  { methods, connections }: WaysToSignIn,
  remove: (queries: Queries) => Promise<Removed | undefined>,
): Promise<Removed | 'last' | undefined> {
  try {
    return await database.transaction(async (queries) => {
      await queries.first(TURN, [userId]);
      const removed = await remove(queries);
      if (removed === undefined) return undefined;
      if ((await queries.first(LEFT, [userId, methods, connections])) === undefined) throw new LastWay();
      return removed;
    });
  } catch (error) {
    if (error instanceof LastWay) return 'last';
    throw error;
  }
}
