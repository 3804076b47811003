import type { AuthorizationCode, Grant } from '@tandem/protocol';
import { statement } from '../database.js';
import type { Database, Queries } from '../database.js';
import { GRANT_COLUMNS, grantOf } from './grant-columns.js';
import type { GrantColumns } from './grant-columns.js';
import { ISSUED_EVENT, RECORD_COLUMNS, tellChange } from './grant-record.js';
import type { ContentsRow } from './grant-record.js';
import { enqueue } from './outbox-store.js';
import { revokeIn } from './revocation-store.js';

/** A code to keep with its grant. */
export interface CodeToKeep {
  readonly code: AuthorizationCode;
  readonly codeHash: Buffer;
  readonly lifetimeSeconds: number;
}

/** An opaque access token to keep with its grant. */
export interface OpaqueToKeep {
  readonly tokenHash: Buffer;
  readonly jti: string;
  readonly lifetimeSeconds: number;
}

/** What is issued with a grant and kept with it, and the pending request that ends with it. */
export interface PartsToKeep {
  readonly code?: CodeToKeep;
  readonly opaque?: OpaqueToKeep;
  readonly interactionId?: string;
}

/** A grant as its user sees it on the page of connected applications. */
export interface GrantSummary extends Grant {
  readonly createdAt: number;
  readonly lastUsedAt?: number;
}

/** Why a grant ended; stands in the event. */
export type RevokeReason =
  | 'code_replayed'
  | 'refresh_reused'
  | 'wrong_proof'
  | 'token_revoked'
  | 'user_withdrew'
  | 'client_withdrew'
  | 'operator'
  | 'password_changed'
  | 'limit'
  | 'replaced';

/** No access token of a grant lives longer; seconds. */
const LONGEST_ACCESS_TOKEN_SECONDS = 86_400;

// Issuing writes the event in the same statement: one round trip, no sequence, no notification.
const KEEP = statement(
  'grant_keep',
  `WITH family AS (
     INSERT INTO grants (grant_id, user_id, client_id, sid, scope, audience, auth_time, acr, amr, claims, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7), $8, $9, $10, clock_timestamp() + make_interval(secs => $11))
     ON CONFLICT (grant_id) DO UPDATE
       SET sid = excluded.sid, scope = excluded.scope, audience = excluded.audience, auth_time = excluded.auth_time,
           acr = excluded.acr, amr = excluded.amr, claims = excluded.claims, expires_at = greatest(grants.expires_at, excluded.expires_at),
           version = grants.version + 1
     RETURNING ${RECORD_COLUMNS}),
   answered AS (DELETE FROM interactions WHERE interaction_id = $21),
   told AS (INSERT INTO grant_outbox (event) SELECT ${ISSUED_EVENT} FROM family g WHERE version = 1),
   opaque AS (
     INSERT INTO access_tokens (token_hash, jti, grant_id, scope, expires_at)
     SELECT $12, $13, $1, $5, clock_timestamp() + make_interval(secs => $14) WHERE $12::bytea IS NOT NULL)
   INSERT INTO authorization_codes (code_hash, grant_id, client_id, redirect_uri, redirect_uri_sent, code_challenge, nonce, expires_at)
   SELECT $15, $1, $3, $16, $17, $18, $19, clock_timestamp() + make_interval(secs => $20) WHERE $15::bytea IS NOT NULL`,
);
const LOCK = statement<{ scope: string[] }>(
  'grant_lock',
  'SELECT scope FROM grants WHERE grant_id = $1 AND revoked_at IS NULL FOR UPDATE',
);
const RECORD = statement<ContentsRow>('grant_record', `SELECT ${RECORD_COLUMNS} FROM grants WHERE grant_id = $1`);
const REVOKE = statement<{ user_id: string; client_id: string }>(
  'grant_revoke',
  `UPDATE grants SET revoked_at = clock_timestamp(), revoke_reason = $2, version = version + 1
    WHERE grant_id = $1 AND revoked_at IS NULL RETURNING user_id, client_id`,
);
const WITHDRAW_SCOPE = statement<ContentsRow>(
  'grant_withdraw_scope',
  `UPDATE grants SET scope = array(SELECT word FROM unnest(scope) WITH ORDINALITY AS held (word, place)
                                    WHERE word <> ALL ($2::text[]) ORDER BY place), scope_changed_at = clock_timestamp(), version = version + 1
    WHERE grant_id = $1 AND revoked_at IS NULL AND scope && $2::text[] RETURNING ${RECORD_COLUMNS}`,
);
const FORGET_CONSENT = statement(
  'consent_forget',
  `UPDATE consents SET scope = array(SELECT word FROM unnest(scope) AS word WHERE word <> ALL ($3::text[])
                                      AND split_part(word, ' ', 2) <> ALL ($3::text[])), updated_at = clock_timestamp()
    WHERE user_id = $1 AND client_id = $2`,
);
const DROP_CONSENT = statement('consent_drop', 'DELETE FROM consents WHERE user_id = $1 AND client_id = $2');
const BEYOND_LIMIT = statement<{ grant_id: string }>(
  'grants_beyond_limit',
  `SELECT grant_id FROM grants WHERE user_id = $1 AND client_id = $2 AND revoked_at IS NULL AND 'offline_access' = ANY (scope)
    ORDER BY created_at DESC OFFSET $3`,
);
const FIND = statement(
  'grant_find',
  `SELECT ${GRANT_COLUMNS} FROM grants g WHERE g.grant_id = $1 AND g.revoked_at IS NULL`,
  (row: GrantColumns) => grantOf(row),
);
const OF_USER = statement(
  'grants_of_user',
  `SELECT ${GRANT_COLUMNS}, floor(extract(epoch FROM g.created_at))::float8 AS created_at,
          floor(extract(epoch FROM g.last_used_at))::float8 AS last_used_at
     FROM grants g WHERE g.user_id = $1 AND g.revoked_at IS NULL AND g.expires_at > clock_timestamp() ORDER BY g.created_at DESC LIMIT 500`,
  (row: GrantColumns & { created_at: number; last_used_at: number | null }): GrantSummary => ({
    ...grantOf(row),
    createdAt: row.created_at,
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at }),
  }),
);

function keepValues(
  grant: Grant,
  lifetimeSeconds: number,
  { code, opaque, interactionId }: PartsToKeep,
): readonly unknown[] {
  const { grantId, userId, clientId, sid, scope, audience, authTime, acr, amr, claims } = grant;
  return [
    ...[grantId, userId, clientId, sid, scope, audience, authTime, acr, amr],
    ...[claims === undefined ? null : JSON.stringify(claims), lifetimeSeconds],
    ...[opaque?.tokenHash ?? null, opaque?.jti ?? null, opaque?.lifetimeSeconds ?? 0],
    ...[code?.codeHash ?? null, code?.code.redirectUri ?? null, code?.code.redirectUriSent ?? false],
    ...[code?.code.codeChallenge ?? null, code?.code.nonce ?? null, code?.lifetimeSeconds ?? 0],
    interactionId ?? null,
  ];
}

/** Grants: the families of codes and tokens. A change and the event that tells it are one transaction. */
export class GrantStore {
  constructor(private readonly database: Database) {}

  /** Keeps a new grant with the code and the opaque access token that are issued with it, and its event, in one statement. */
  async keep(grant: Grant, lifetimeSeconds: number, parts: PartsToKeep): Promise<void> {
    await this.database.all(KEEP, keepValues(grant, lifetimeSeconds, parts));
  }

  /**
   * Gives a grant that is there new contents (grant management: merge, replace), with what is issued with them. Scopes
   * that it loses are withdrawn first: tokens that carry one are dead.
   *
   * @returns false when the grant has ended meanwhile; then nothing is issued.
   */
  change(grant: Grant, lifetimeSeconds: number, parts: PartsToKeep): Promise<boolean> {
    const { grantId, scope } = grant;
    return this.database.transaction(async (queries) => {
      const held = await queries.first(LOCK, [grantId]);
      if (held === undefined) return false;
      const lost = held.scope.filter((word) => !scope.includes(word));
      if (lost.length > 0) await withdrawScopeIn(queries, grantId, lost);
      await queries.all(KEEP, keepValues(grant, lifetimeSeconds, parts));
      await tellChange(queries, await queries.first(RECORD, [grantId]), [], 0);
      return true;
    });
  }

  /** Ends a grant with all that came of it, and tells it. Returns whether it was alive. */
  revoke(grantId: string, reason: RevokeReason): Promise<boolean> {
    return this.database.transaction((queries) => revokeGrantIn(queries, grantId, reason));
  }

  /** Ends the oldest grants with offline access that a user gave a client beyond `limit`. */
  async keepNewest(userId: string, clientId: string, limit: number): Promise<void> {
    for (const { grant_id: grantId } of await this.database.all(BEYOND_LIMIT, [userId, clientId, limit]))
      await this.revoke(grantId, 'limit');
  }

  /** Ends every grant of a user for a client and forgets the consent: the application is disconnected. */
  disconnect(userId: string, clientId: string): Promise<number> {
    return this.database.transaction(async (queries) => {
      const grants = (await queries.all(OF_USER, [userId])).filter((grant) => grant.clientId === clientId);
      for (const { grantId } of grants) await revokeGrantIn(queries, grantId, 'user_withdrew');
      await queries.all(DROP_CONSENT, [userId, clientId]);
      return grants.length;
    });
  }

  /**
   * Takes scopes out of a grant and out of the remembered consent; tokens issued before that carry one of them are dead.
   *
   * @returns the scopes that are left, or undefined when there was nothing to take.
   */
  withdrawScope(grantId: string, scope: readonly string[]): Promise<readonly string[] | undefined> {
    return this.database.transaction(async (queries) => {
      const changed = await withdrawScopeIn(queries, grantId, scope);
      if (changed === undefined) return undefined;
      await queries.all(FORGET_CONSENT, [changed.user_id, changed.client_id, scope]);
      return changed.scope;
    });
  }

  find(grantId: string): Promise<Grant | undefined> {
    return this.database.first(FIND, [grantId]);
  }

  ofUser(userId: string): Promise<readonly GrantSummary[]> {
    return this.database.all(OF_USER, [userId]);
  }
}

async function withdrawScopeIn(
  queries: Queries,
  grantId: string,
  scope: readonly string[],
): Promise<ContentsRow | undefined> {
  const changed = await queries.first(WITHDRAW_SCOPE, [grantId, scope]);
  if (changed === undefined) return undefined;
  const exp = await revokeIn(queries, 'grant-scope', grantId, LONGEST_ACCESS_TOKEN_SECONDS, scope);
  await tellChange(queries, changed, scope, exp);
  return changed;
}

/** Ends a grant within a larger change. Returns whether it was alive. */
export async function revokeGrantIn(queries: Queries, grantId: string, reason: RevokeReason): Promise<boolean> {
  const revoked = await queries.first(REVOKE, [grantId, reason]);
  if (revoked === undefined) return false;
  const exp = await revokeIn(queries, 'grant', grantId, LONGEST_ACCESS_TOKEN_SECONDS);
  const { user_id: userId, client_id: clientId } = revoked;
  await enqueue(queries, `grant:${grantId}`, { type: 'grant.revoked', grantId, userId, clientId, reason, exp });
  return true;
}
