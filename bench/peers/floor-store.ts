import type { Pool, QueryResultRow } from 'pg';
import { emailOf, PASSWORD, PEOPLE } from './peer-settings.js';
import { sha256 } from './floor-tokens.js';
import { poolOf } from './pool.js';

export interface FloorSession {
  readonly sub: string;
  readonly authTime: number;
  readonly sid: string;
  readonly consents: readonly string[];
}
export interface FloorCode {
  readonly client: string;
  readonly redirect: string;
  readonly sub: string;
  readonly nonce: string;
  readonly challenge: string;
  readonly authTime: number;
  readonly api: string;
}

/** As few statements as a round can have: one read of session and consent, one write of a code, one that takes it. */
export class FloorStore {
  private readonly pool: Pool;

  constructor(url: string) {
    this.pool = poolOf(url);
  }

  async prepare(): Promise<void> {
    await this.pool.query(`
      DROP TABLE IF EXISTS floor_codes, floor_sessions, floor_users;
      CREATE TABLE floor_codes (hash text PRIMARY KEY, data jsonb NOT NULL, expires_at timestamptz NOT NULL, used_at timestamptz);
      CREATE TABLE floor_sessions (hash text PRIMARY KEY, data jsonb NOT NULL);
      CREATE TABLE floor_users (email text PRIMARY KEY, password text NOT NULL)`);
    const emails = Array.from({ length: PEOPLE }, (_, number) => emailOf(number));
    await this.pool.query('INSERT INTO floor_users SELECT unnest($1::text[]), $2', [emails, sha256(PASSWORD)]);
  }

  async passwordOf(email: string): Promise<string | undefined> {
    return (
      await this.first<{ password: string }>('password', 'SELECT password FROM floor_users WHERE email = $1', [email])
    )?.password;
  }

  async session(hash: string): Promise<FloorSession | undefined> {
    return (
      await this.first<{ data: FloorSession }>('session', 'SELECT data FROM floor_sessions WHERE hash = $1', [hash])
    )?.data;
  }

  async keepSession(hash: string, session: FloorSession): Promise<void> {
    await this.first(
      'keep_session',
      'INSERT INTO floor_sessions VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET data = excluded.data',
      [hash, JSON.stringify(session)],
    );
  }

  async keepCode(hash: string, code: FloorCode): Promise<void> {
    await this.first('keep_code', "INSERT INTO floor_codes VALUES ($1, $2, now() + interval '60 s')", [
      hash,
      JSON.stringify(code),
    ]);
  }

  async takeCode(hash: string): Promise<FloorCode | undefined> {
    const taken = await this.first<{ data: FloorCode }>(
      'take_code',
      'UPDATE floor_codes SET used_at = now() WHERE hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING data',
      [hash],
    );
    return taken?.data;
  }

  private async first<Row extends QueryResultRow>(
    name: string,
    text: string,
    values: unknown[],
  ): Promise<Row | undefined> {
    return (await this.pool.query<Row>({ name, text, values })).rows[0];
  }
}
