import { poolOf } from './pool.js';

interface Payload {
  readonly grantId?: string;
  readonly userCode?: string;
  readonly uid?: string;
}
interface Row {
  readonly payload: Payload;
  readonly consumed_at: Date | null;
}

const TABLE = `
  CREATE TABLE IF NOT EXISTS oidc_model (
    type text NOT NULL, id text NOT NULL, payload jsonb NOT NULL, grant_id text, user_code text, uid text,
    expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (id, type));
  CREATE INDEX IF NOT EXISTS oidc_model_grant ON oidc_model (grant_id) WHERE grant_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS oidc_model_uid ON oidc_model (uid) WHERE uid IS NOT NULL;
  CREATE INDEX IF NOT EXISTS oidc_model_expires ON oidc_model (expires_at)`;

const UPSERT = `
  INSERT INTO oidc_model (type, id, payload, grant_id, user_code, uid, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (id, type) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
    user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`;

const find = (column: string): string =>
  `SELECT payload, consumed_at FROM oidc_model WHERE ${column} = $1 AND type = $2 AND (expires_at IS NULL OR expires_at > now())`;

/** The simplest competent adapter: one table, JSON payloads, prepared statements. */
export async function postgresAdapter(url: string): Promise<new (model: string) => object> {
  const pool = poolOf(url);
  await pool.query(TABLE);
  const run = (name: string, text: string, values: unknown[]) => pool.query<Row>({ name, text, values });
  const payloadOf = (row: Row | undefined): Payload | undefined =>
    row === undefined || row.consumed_at === null ? row?.payload : ({ ...row.payload, consumed: true } as Payload);
  return class PostgresAdapter {
    constructor(private readonly model: string) {}
    async upsert(id: string, payload: Payload, expiresIn: number): Promise<void> {
      const { grantId = null, userCode = null, uid = null } = payload;
      const expires = expiresIn ? new Date(Date.now() + expiresIn * 1_000) : null;
      await run('upsert', UPSERT, [this.model, id, JSON.stringify(payload), grantId, userCode, uid, expires]);
    }
    find(id: string): Promise<Payload | undefined> {
      return this.by('id', id);
    }
    findByUid(uid: string): Promise<Payload | undefined> {
      return this.by('uid', uid);
    }
    findByUserCode(code: string): Promise<Payload | undefined> {
      return this.by('user_code', code);
    }
    async destroy(id: string): Promise<void> {
      await run('destroy', 'DELETE FROM oidc_model WHERE id = $1 AND type = $2', [id, this.model]);
    }
    async revokeByGrantId(grantId: string): Promise<void> {
      await run('revoke', 'DELETE FROM oidc_model WHERE grant_id = $1', [grantId]);
    }
    async consume(id: string): Promise<void> {
      await run('consume', 'UPDATE oidc_model SET consumed_at = now() WHERE id = $1 AND type = $2', [id, this.model]);
    }
    private async by(column: string, value: string): Promise<Payload | undefined> {
      return payloadOf((await run(`find_${column}`, find(column), [value, this.model])).rows[0]);
    }
  };
}
