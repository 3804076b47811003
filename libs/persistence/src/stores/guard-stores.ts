import { statement } from '../database.js';
import type { Database } from '../database.js';

const SEE = statement<{ jti: string }>(
  'assertion_see',
  `INSERT INTO assertions_seen (client_id, jti, expires_at) VALUES ($1, $2, to_timestamp($3)) ON CONFLICT DO NOTHING RETURNING jti`,
);
const COUNT = statement<{ count: number; retry_after: number }>(
  'throttle_count',
  `INSERT INTO throttles AS t (key, count, resets_at) VALUES ($1, 1, clock_timestamp() + make_interval(secs => $2))
   ON CONFLICT (key) DO UPDATE
     SET count = CASE WHEN t.resets_at <= clock_timestamp() THEN 1 ELSE t.count + 1 END,
         resets_at = CASE WHEN t.resets_at <= clock_timestamp() THEN excluded.resets_at ELSE t.resets_at END
   RETURNING count, ceil(extract(epoch FROM resets_at - clock_timestamp()))::float8 AS retry_after`,
);
const CLEAR = statement('throttle_clear', 'DELETE FROM throttles WHERE key = $1');
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

/** Counters of attempts, atomic across replicas. */
export class ThrottleStore {
  constructor(private readonly database: Database) {}

  /** Counts an attempt before it is made. Returns the count in this window and the seconds until it ends. */
  async count(
    key: string,
    windowSeconds: number,
  ): Promise<{ readonly count: number; readonly retryAfterSeconds: number }> {
    const counted = await this.database.first(COUNT, [key, windowSeconds]);
    return { count: counted?.count ?? 0, retryAfterSeconds: Math.max(1, counted?.retry_after ?? 1) };
  }

  async clear(key: string): Promise<void> {
    await this.database.all(CLEAR, [key]);
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
