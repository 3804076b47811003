import type { Queries } from '../database.js';
import { enqueue } from './outbox-store.js';

/** Columns of `grants` that are told to the world: who, whom, what, until when, and the how-manieth contents. */
export const RECORD_COLUMNS =
  'grant_id, user_id, client_id, sid, scope, audience, created_at, floor(extract(epoch FROM expires_at))::float8 AS expires_at, version';

/** A row of those columns. */
export interface ContentsRow {
  readonly grant_id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly sid: string;
  readonly scope: string[];
  readonly audience: string[];
  readonly expires_at: number;
  readonly version: number;
}

/** The event `grant.issued` of such a row with the alias `g`, made where the row is. */
export const ISSUED_EVENT = `jsonb_build_object('type', 'grant.issued', 'at', floor(extract(epoch FROM g.created_at)),
  'grantId', g.grant_id, 'userId', g.user_id, 'clientId', g.client_id, 'sid', g.sid, 'scope', to_jsonb(g.scope),
  'audience', to_jsonb(g.audience), 'expiresAt', g.expires_at, 'version', g.version)`;

/** The event `grant.ended` of a grant that its session, or a restored database, took along. */
export const ENDED_EVENT = `jsonb_build_object('type', 'grant.ended', 'at', floor(extract(epoch FROM g.revoked_at)),
  'grantId', g.grant_id, 'reason', g.revoke_reason)`;

/** Tells the contents that a grant has now, within the change that gave it them. */
export async function tellChange(
  queries: Queries,
  row: ContentsRow | undefined,
  withdrawnScope: readonly string[],
  exp: number,
): Promise<void> {
  if (row === undefined) throw new Error('a grant is gone in the transaction that changed it');
  const { grant_id: grantId, sid, scope, audience, expires_at: expiresAt, version } = row;
  const contents = { sid, scope, audience, expiresAt, version };
  await enqueue(queries, `grant:${grantId}`, { type: 'grant.changed', grantId, ...contents, withdrawnScope, exp });
}
