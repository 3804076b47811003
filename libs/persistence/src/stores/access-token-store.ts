import type { Grant, User } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database } from '../database.js';
import { GRANT_COLUMNS, grantOf } from './grant-columns.js';
import type { GrantColumns } from './grant-columns.js';
import { joinFamily, lookUp } from './look-up.js';
import { USER_DETAILS, userOf } from './user-columns.js';
import type { UserColumns } from './user-columns.js';

/** A live access token's family and user. */
export interface LiveToken {
  readonly grant: Grant;
  readonly user: User;
}

/** A live opaque access token; instants are epoch seconds. */
export interface LiveOpaqueToken extends LiveToken {
  readonly jti: string;
  readonly scope: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

type Row = UserColumns & GrantColumns;
const FIELDS = `${GRANT_COLUMNS}, ${USER_DETAILS}`;

const FAMILY = statement(
  'access_token_family',
  `SELECT ${FIELDS} FROM (SELECT $1::text AS id) named ${joinFamily('named.id')}
    WHERE NOT EXISTS (SELECT FROM revocations r WHERE (r.kind, r.id) IN (('jti', $2), ('session', $3), ('client', g.client_id), ('user', g.user_id))
                        AND (r.kind IN ('jti', 'session') OR extract(epoch FROM r.not_before) >= $4))`,
  (row: Row): LiveToken => ({ grant: grantOf(row), user: userOf(row) }),
);
const OPAQUE = statement(
  'access_token_opaque',
  `SELECT ${FIELDS}, t.jti, t.scope AS token_scope, floor(extract(epoch FROM t.issued_at))::float8 AS issued_at,
          floor(extract(epoch FROM t.expires_at))::float8 AS token_expires_at
     FROM access_tokens t ${joinFamily('t.grant_id')}
    WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > clock_timestamp()
      AND NOT EXISTS (SELECT FROM revocations r WHERE (r.kind, r.id) IN (('client', g.client_id), ('user', g.user_id)) AND r.not_before >= t.issued_at)`,
  (
    row: Row & { jti: string; token_scope: string[]; issued_at: number; token_expires_at: number },
  ): LiveOpaqueToken => ({
    grant: grantOf(row),
    user: userOf(row),
    jti: row.jti,
    scope: row.token_scope,
    issuedAt: row.issued_at,
    expiresAt: row.token_expires_at,
  }),
);
const CLIENT_TOKEN_DEAD = statement<{ dead: boolean }>(
  'access_token_client_dead',
  `SELECT EXISTS (SELECT FROM revocations r WHERE (r.kind = 'jti' AND r.id = $1)
                     OR (r.kind = 'client' AND r.id = $2 AND extract(epoch FROM r.not_before) >= $3)) AS dead`,
);
const OWNER = statement<{ jti: string; client_id: string; alive: boolean }>(
  'access_token_owner',
  `SELECT t.jti, g.client_id, t.revoked_at IS NULL AND t.expires_at > clock_timestamp() AS alive
     FROM access_tokens t JOIN ${lookUp('grants g', 'grant_id = t.grant_id')} ON true WHERE t.token_hash = $1`,
);
const REVOKE_OPAQUE = statement(
  'access_token_revoke',
  'UPDATE access_tokens SET revoked_at = clock_timestamp() WHERE token_hash = $1 AND revoked_at IS NULL',
);

/** What a JWT access token says of itself, as far as its liveness depends on it. */
export interface TokenReference {
  readonly jti: string;
  readonly grantId: string;
  readonly sid?: string;
  readonly issuedAt: number;
}

/** Whether access tokens are alive: JWTs by the ids in them, opaque ones by their hash. */
export class AccessTokenStore {
  constructor(private readonly database: Database) {}

  /** Grant and user of a JWT access token, undefined when anything it depends on is dead. */
  family({ jti, grantId, sid, issuedAt }: TokenReference): Promise<LiveToken | undefined> {
    return this.database.first(FAMILY, [grantId, jti, sid ?? '', issuedAt]);
  }

  findOpaque(tokenHash: Buffer): Promise<LiveOpaqueToken | undefined> {
    return this.database.first(OPAQUE, [tokenHash]);
  }

  /** Whether a client's own token (client credentials) is alive. */
  async isClientTokenAlive(jti: string, clientId: string, issuedAt: number): Promise<boolean> {
    return (await this.database.first(CLIENT_TOKEN_DEAD, [jti, clientId, issuedAt]))?.dead === false;
  }

  async ownerOfOpaque(tokenHash: Buffer): Promise<{ readonly clientId: string } | undefined> {
    const owner = await this.database.first(OWNER, [tokenHash]);
    return owner === undefined ? undefined : { clientId: owner.client_id };
  }

  async revokeOpaque(tokenHash: Buffer): Promise<void> {
    await this.database.all(REVOKE_OPAQUE, [tokenHash]);
  }
}
