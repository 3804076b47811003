import type { Grant, User } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database } from '../database.js';
import { GRANT_COLUMNS, grantOf } from './grant-columns.js';
import type { GrantColumns } from './grant-columns.js';
import { joinFamily, lookUp } from './look-up.js';
import { USER_DETAILS, userOf } from './user-columns.js';
import type { UserColumns } from './user-columns.js';

/** What becomes of a presented refresh token. `retried`: it was the last one, within the leeway, and its successor is unused. */
export type Rotation =
  | { readonly outcome: 'rotated' | 'retried'; readonly grant: Grant; readonly user: User }
  | { readonly outcome: 'reused'; readonly grantId: string }
  | { readonly outcome: 'unknown' };

/** The successor that is kept when the token is taken; it is derived from it, so a retry finds the same one. */
export interface Successor {
  readonly tokenHash: Buffer;
  readonly idleSeconds: number;
  readonly leewaySeconds: number;
  /** For a grant without an API: the opaque access token that goes with it. */
  readonly accessTokenHash: Buffer;
  readonly accessTokenJti: string;
  readonly accessTokenSeconds: number;
  /** What the opaque access token is for, when not all of the grant. */
  readonly scope?: readonly string[];
}

type FamilyRow = UserColumns & GrantColumns;

const familyOf = (outcome: 'rotated' | 'retried') => (row: FamilyRow) => ({
  outcome,
  grant: grantOf(row),
  user: userOf(row),
});

const OPAQUE_SCOPE = `CASE WHEN $8::text[] IS NULL THEN scope
  ELSE array(SELECT word FROM unnest(scope) WITH ORDINALITY AS held (word, place) WHERE word = ANY ($8::text[]) ORDER BY place) END`;

// A token of a dead family stays as it is: used up, its next attempt would be taken for a reuse. The update of the grant row
// serialises with its revocation: whichever commits first is seen by the other.
const ROTATE = statement(
  'refresh_rotate',
  `WITH taken AS (
     UPDATE refresh_tokens SET consumed_at = clock_timestamp()
      WHERE token_hash = $1 AND client_id = $2 AND consumed_at IS NULL AND least(idle_expires_at, expires_at) > clock_timestamp()
        AND EXISTS (SELECT FROM (SELECT refresh_tokens.grant_id) named ${joinFamily('named.grant_id')})
     RETURNING grant_id, client_id, generation, expires_at),
   family AS (
     UPDATE grants g SET last_used_at = clock_timestamp()
      WHERE g.grant_id = (SELECT grant_id FROM taken) AND g.revoked_at IS NULL
     RETURNING ${GRANT_COLUMNS}),
   successor AS (
     INSERT INTO refresh_tokens (token_hash, grant_id, client_id, generation, idle_expires_at, expires_at)
     SELECT $3, t.grant_id, t.client_id, t.generation + 1, clock_timestamp() + make_interval(secs => $4), t.expires_at
       FROM taken t JOIN family USING (grant_id)),
   opaque AS (
     INSERT INTO access_tokens (token_hash, jti, grant_id, scope, expires_at)
     SELECT $5, $6, grant_id, ${OPAQUE_SCOPE}, clock_timestamp() + make_interval(secs => $7) FROM family WHERE cardinality(audience) = 0)
   SELECT f.*, ${USER_DETAILS} FROM family f JOIN ${lookUp('users u', 'user_id = f.user_id')} ON u.disabled_at IS NULL`,
  familyOf('rotated'),
);
const RETRY = statement(
  'refresh_retry',
  `WITH family AS (
     SELECT ${GRANT_COLUMNS}, ${USER_DETAILS}
       FROM refresh_tokens r
       JOIN ${lookUp('refresh_tokens s', 'token_hash = $3')} ON s.consumed_at IS NULL AND least(s.idle_expires_at, s.expires_at) > clock_timestamp()
       ${joinFamily('r.grant_id')}
      WHERE r.token_hash = $1 AND r.client_id = $2 AND r.consumed_at > clock_timestamp() - make_interval(secs => $4)),
   opaque AS (
     INSERT INTO access_tokens (token_hash, jti, grant_id, scope, expires_at)
     SELECT $5, $6, grant_id, ${OPAQUE_SCOPE}, clock_timestamp() + make_interval(secs => $7) FROM family WHERE cardinality(audience) = 0)
   SELECT * FROM family`,
  familyOf('retried'),
);
const LOOK = statement<{ grant_id: string; client_id: string; consumed: boolean }>(
  'refresh_look',
  'SELECT grant_id, client_id, consumed_at IS NOT NULL AS consumed FROM refresh_tokens WHERE token_hash = $1',
);

/** Refresh tokens: kept as SHA-256, rotated at each use, a reuse outside the leeway recognised. */
export class RefreshTokenStore {
  constructor(private readonly database: Database) {}

  /** Takes the token and keeps its successor in one statement; another client's attempt changes nothing. */
  async rotate(tokenHash: Buffer, clientId: string, successor: Successor): Promise<Rotation> {
    const { accessTokenHash, accessTokenJti, accessTokenSeconds, scope } = successor;
    const opaque = [accessTokenHash, accessTokenJti, accessTokenSeconds, scope ?? null];
    const rotated = await this.database.first(ROTATE, [
      tokenHash,
      clientId,
      successor.tokenHash,
      successor.idleSeconds,
      ...opaque,
    ]);
    if (rotated !== undefined) return rotated;
    const seen = await this.database.first(LOOK, [tokenHash]);
    if (seen === undefined || seen.client_id !== clientId || !seen.consumed) return { outcome: 'unknown' };
    if (successor.leewaySeconds > 0) {
      const retried = await this.database.first(RETRY, [
        tokenHash,
        clientId,
        successor.tokenHash,
        successor.leewaySeconds,
        ...opaque,
      ]);
      if (retried !== undefined) return retried;
    }
    return { outcome: 'reused', grantId: seen.grant_id };
  }

  /** The grant and client of a refresh token that is known, alive or not, and whether it was used. */
  async owner(
    tokenHash: Buffer,
  ): Promise<{ readonly grantId: string; readonly clientId: string; readonly isUsed: boolean } | undefined> {
    const seen = await this.database.first(LOOK, [tokenHash]);
    return seen === undefined ? undefined : { grantId: seen.grant_id, clientId: seen.client_id, isUsed: seen.consumed };
  }
}
