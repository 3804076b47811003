import { statement } from '../database.js';
import type { Database } from '../database.js';

const SEE = statement<{ jti: string }>(
  'assertion_see',
  `INSERT INTO assertions_seen (client_id, jti, expires_at) VALUES ($1, $2, to_timestamp($3)) ON CONFLICT DO NOTHING RETURNING jti`,
);
// A window with too many attempts in it makes the next one twice as long, up to $4; each quiet one halves it again.
const COUNT = statement<{ count: number; retry_after: number }>(
  'throttle_count',
  `INSERT INTO throttles AS t (key, count, resets_at) VALUES ($1, 1, clock_timestamp() + make_interval(secs => $2::float8))
   ON CONFLICT (key) DO UPDATE SET (count, resets_at, strikes) = (
     SELECT CASE WHEN past < 0 THEN t.count + 1 ELSE 1 END,
            CASE WHEN past < 0 THEN t.resets_at
                 ELSE clock_timestamp() + make_interval(secs => least($2::float8 * 2 ^ next, $4::float8)) END,
            CASE WHEN past < 0 THEN t.strikes ELSE next END
       FROM (SELECT extract(epoch FROM clock_timestamp() - t.resets_at)::float8 AS past) p,
            LATERAL (SELECT greatest(0, least(16, t.strikes + CASE WHEN t.count > $3::integer THEN 1 ELSE -1 END)
                                        - floor(past / least($2::float8 * 2 ^ t.strikes, $4::float8)))::integer AS next) n)
   RETURNING count, ceil(extract(epoch FROM resets_at - clock_timestamp()))::float8 AS retry_after`,
);
const HELD = statement<{ retry_after: number }>(
  'throttle_held',
  `UPDATE throttles SET count = count + 1 WHERE key = $1 AND count >= $2 AND resets_at > clock_timestamp()
   RETURNING ceil(extract(epoch FROM resets_at - clock_timestamp()))::float8 AS retry_after`,
);
const CLEAR = statement('throttle_clear', 'DELETE FROM throttles WHERE key = $1');
const CLEAR_OF_USER = statement(
  'throttle_clear_of_user',
  'DELETE FROM throttles WHERE key = $1 || (SELECT email_key FROM users WHERE user_id = $2)',
);
const USE_INITIAL = statement<{ uses_left: number }>(
  'initial_access_use',
  `UPDATE initial_access_tokens SET uses_left = uses_left - 1
    WHERE token_hash = $1 AND uses_left > 0 AND expires_at > clock_timestamp() RETURNING uses_left`,
);
const ADD_INITIAL = statement(
  'initial_access_add',
  `INSERT INTO initial_access_tokens (token_hash, uses_left, expires_at) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
   ON CONFLICT (token_hash) DO NOTHING`,
);

/** Client assertions that were used: a second use of a `jti` by its client is a replay (RFC 7523 §3). */
export class AssertionStore {
  constructor(private readonly database: Database) {}

  /** Notes the assertion; false when it was seen before. Committed at once, before anything is granted. */
  async see(clientId: string, jti: string, expiresAt: number): Promise<boolean> {
    return (await this.database.first(SEE, [clientId, jti, expiresAt])) !== undefined;
  }
}

/** How windows grow: one with more attempts than `limit` makes the next twice as long, up to `longestWindowSeconds`. */
export interface ThrottleGrowth {
  readonly limit: number;
  readonly longestWindowSeconds: number;
}

const MAXIMUM_COUNT = 2 ** 31 - 1;

/** Counters of attempts, atomic across replicas. */
export class ThrottleStore {
  constructor(private readonly database: Database) {}

  /** Counts an attempt before it is made. Returns the count in this window and the seconds until it ends. */
  async count(
    key: string,
    windowSeconds: number,
    { limit, longestWindowSeconds }: ThrottleGrowth = { limit: MAXIMUM_COUNT, longestWindowSeconds: windowSeconds },
  ): Promise<{ readonly count: number; readonly retryAfterSeconds: number }> {
    const counted = await this.database.first(COUNT, [key, windowSeconds, limit, longestWindowSeconds]);
    return { count: counted?.count ?? 0, retryAfterSeconds: Math.max(1, counted?.retry_after ?? 1) };
  }

  /** The seconds until anything is looked at again, when the window has its `limit` already; the attempt is counted then. */
  async held(key: string, limit: number): Promise<number | undefined> {
    const held = await this.database.first(HELD, [key, limit]);
    return held === undefined ? undefined : Math.max(1, held.retry_after);
  }

  /** Forgets the attempts and the growth. */
  async clear(key: string): Promise<void> {
    await this.database.all(CLEAR, [key]);
  }

  /** As `clear`, for a key that is `prefix` and the key of the user's address. */
  async clearOfUser(prefix: string, userId: string): Promise<void> {
    await this.database.all(CLEAR_OF_USER, [prefix, userId]);
  }
}

/** Initial access tokens for dynamic registration: kept as SHA-256, good for a number of uses. */
export class InitialAccessTokenStore {
  constructor(private readonly database: Database) {}

  async use(tokenHash: Buffer): Promise<boolean> {
    return (await this.database.first(USE_INITIAL, [tokenHash])) !== undefined;
  }

  async add(tokenHash: Buffer, uses: number, lifetimeSeconds: number): Promise<void> {
    await this.database.all(ADD_INITIAL, [tokenHash, uses, lifetimeSeconds]);
  }
}
