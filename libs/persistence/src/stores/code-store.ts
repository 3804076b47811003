import type { AuthorizationCode, Grant, User } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database } from '../database.js';
import { GRANT_COLUMNS, grantOf } from './grant-columns.js';
import type { GrantColumns } from './grant-columns.js';
import { joinFamily } from './look-up.js';
import { USER_DETAILS, userOf } from './user-columns.js';
import type { UserColumns } from './user-columns.js';

/** What becomes of an attempt to take a code. Only the first one of its client ever gets `taken`. */
export type CodeTaking =
  | { readonly outcome: 'taken'; readonly code: AuthorizationCode; readonly grant: Grant; readonly user: User }
  | { readonly outcome: 'replayed'; readonly grantId: string }
  | { readonly outcome: 'unknown' };

/**
 * Tokens that may be issued with a code: kept in the statement that takes it, so that no code is gone without them. Which
 * of them is kept follows from the grant: a refresh token with `offline_access`, an opaque access token without an API.
 */
export interface PreparedTokens {
  readonly refreshTokenHash: Buffer;
  readonly refreshIdleSeconds: number;
  readonly refreshAbsoluteSeconds: number;
  readonly accessTokenHash: Buffer;
  readonly accessTokenJti: string;
  readonly accessTokenSeconds: number;
}

interface TakenRow extends UserColumns, Omit<GrantColumns, 'grant_id' | 'user_id'> {
  /** Null when the grant is revoked or the user disabled: then all of the family's columns are. */
  readonly grant_id: string | null;
  readonly code_grant_id: string;
  readonly code_client_id: string;
  readonly redirect_uri: string;
  readonly redirect_uri_sent: boolean;
  readonly code_challenge: string | null;
  readonly nonce: string | null;
}

const TAKE = statement(
  'code_take',
  `WITH taken AS (
     UPDATE authorization_codes SET consumed_at = clock_timestamp()
      WHERE code_hash = $1 AND client_id = $2 AND consumed_at IS NULL AND expires_at > clock_timestamp()
     RETURNING grant_id, client_id, redirect_uri, redirect_uri_sent, code_challenge, nonce),
   family AS (
     SELECT ${GRANT_COLUMNS}, ${USER_DETAILS}
       FROM taken t ${joinFamily('t.grant_id')}),
   refresh AS (
     INSERT INTO refresh_tokens (token_hash, grant_id, client_id, generation, idle_expires_at, expires_at)
     SELECT $3, grant_id, client_id, 1, clock_timestamp() + make_interval(secs => $4), clock_timestamp() + make_interval(secs => $5)
       FROM family WHERE 'offline_access' = ANY (scope)),
   opaque AS (
     INSERT INTO access_tokens (token_hash, jti, grant_id, scope, expires_at)
     SELECT $6, $7, grant_id, scope, clock_timestamp() + make_interval(secs => $8) FROM family WHERE cardinality(audience) = 0)
   SELECT t.grant_id AS code_grant_id, t.client_id AS code_client_id, t.redirect_uri, t.redirect_uri_sent, t.code_challenge, t.nonce, f.*
     FROM taken t LEFT JOIN family f ON true`,
  (row: TakenRow): CodeTaking =>
    row.grant_id === null
      ? { outcome: 'unknown' }
      : {
          outcome: 'taken',
          code: {
            grantId: row.code_grant_id,
            clientId: row.code_client_id,
            redirectUri: row.redirect_uri,
            redirectUriSent: row.redirect_uri_sent,
            ...(row.code_challenge === null ? {} : { codeChallenge: row.code_challenge }),
            ...(row.nonce === null ? {} : { nonce: row.nonce }),
          },
          grant: grantOf({ ...row, grant_id: row.grant_id }),
          user: userOf(row),
        },
);
const LOOK = statement<{ grant_id: string }>(
  'code_look',
  'SELECT grant_id FROM authorization_codes WHERE code_hash = $1 AND client_id = $2 AND consumed_at IS NOT NULL',
);

/** Authorization codes: 256 bits, kept as SHA-256, taken once. */
export class CodeStore {
  constructor(private readonly database: Database) {}

  /**
   * Takes a code by one conditional update; of any number of parallel attempts one succeeds. An attempt by another client
   * finds nothing and burns nothing. The row stays, so that a replay is known as one.
   */
  async take(codeHash: Buffer, clientId: string, tokens: PreparedTokens): Promise<CodeTaking> {
    const {
      refreshTokenHash,
      refreshIdleSeconds,
      refreshAbsoluteSeconds,
      accessTokenHash,
      accessTokenJti,
      accessTokenSeconds,
    } = tokens;
    const taken = await this.database.first(TAKE, [
      codeHash,
      clientId,
      refreshTokenHash,
      refreshIdleSeconds,
      refreshAbsoluteSeconds,
      accessTokenHash,
      accessTokenJti,
      accessTokenSeconds,
    ]);
    if (taken !== undefined) return taken;
    const replayed = await this.database.first(LOOK, [codeHash, clientId]);
    return replayed === undefined ? { outcome: 'unknown' } : { outcome: 'replayed', grantId: replayed.grant_id };
  }
}
