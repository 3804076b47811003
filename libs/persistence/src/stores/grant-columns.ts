import type { Grant } from '@tandem/protocol';

/** Columns that make a `Grant`, from a table alias `g`. */
export const GRANT_COLUMNS = `g.grant_id, g.user_id, g.client_id, g.sid, g.scope, g.audience,
  extract(epoch FROM g.auth_time)::float8 AS auth_time, g.acr, g.amr, g.claims AS claims_request`;

export interface GrantColumns {
  readonly grant_id: string;
  readonly user_id: string;
  readonly client_id: string;
  readonly sid: string;
  readonly scope: string[];
  readonly audience: string[];
  readonly auth_time: number;
  readonly acr: string;
  readonly amr: string[];
  readonly claims_request: Grant['claims'] | null;
}

export const grantOf = (row: GrantColumns): Grant => ({
  grantId: row.grant_id,
  userId: row.user_id,
  clientId: row.client_id,
  sid: row.sid,
  scope: row.scope,
  audience: row.audience,
  authTime: row.auth_time,
  acr: row.acr,
  amr: row.amr,
  ...(row.claims_request === null || row.claims_request === undefined ? {} : { claims: row.claims_request }),
});
