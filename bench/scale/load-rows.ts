import { createHash } from 'node:crypto';
import { API, CLIENT } from '../peers/peer-settings.js';
import { query } from '../servers/postgres.js';
import { copyRows } from './copy.js';

/** As many rows as a large installation has. */
export const ROWS = { users: 1_000_000, grants: 5_000_000, refreshTokens: 10_000_000 } as const;

const SCOPE = '{openid,offline_access,read:orders}';
const bytea = (text: string): string => `\\\\x${createHash('sha256').update(text).digest('hex')}`;
const times = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

function* numbered(count: number, row: (number: number) => string): Iterable<string> {
  for (let number = 0; number < count; number++) yield row(number);
}

/** Fills the tables of the auth-server; keys and indexes are made after the rows, which takes a fraction of the time. */
export async function loadRows(url: string, factor: number, tell: (line: string) => void): Promise<void> {
  const count = (name: keyof typeof ROWS): number => Math.round(ROWS[name] * factor);
  const [now, expires] = [times(-1), times(30)];
  const users = count('users');
  const grants = count('grants');
  await withoutIndexes(url, ['users', 'grants', 'refresh_tokens'], async () => {
    tell(`${users} users`);
    await copyRows(
      url,
      'users',
      ['user_id', 'email', 'email_key'],
      numbered(users, (n) => {
        const email = `load${n}@load.example`;
        return `load|${n}\t${email}\t${email}`;
      }),
    );
    tell(`${grants} grants`);
    await copyRows(
      url,
      'grants',
      ['grant_id', 'user_id', 'client_id', 'sid', 'scope', 'audience', 'auth_time', 'acr', 'amr', 'expires_at'],
      numbered(grants, (n) =>
        [
          `gr_load${n}`,
          `load|${n % users}`,
          CLIENT.RS256,
          `load${n}`,
          SCOPE,
          `{${API.RS256}}`,
          now,
          '1',
          '{pwd}',
          expires,
        ].join('\t'),
      ),
    );
    tell(`${count('refreshTokens')} refresh tokens`);
    await copyRows(
      url,
      'refresh_tokens',
      ['token_hash', 'grant_id', 'client_id', 'generation', 'idle_expires_at', 'expires_at', 'consumed_at'],
      numbered(count('refreshTokens'), (n) => {
        const consumed = n < grants ? now : '\\N';
        return [
          bytea(`load${n}`),
          `gr_load${n % grants}`,
          CLIENT.RS256,
          n < grants ? 1 : 2,
          expires,
          expires,
          consumed,
        ].join('\t');
      }),
    );
    tell('keys and indexes');
  });
  await query(url, 'VACUUM ANALYZE');
}

/** Drops what slows a load down, and makes exactly the same again. */
async function withoutIndexes(url: string, tables: readonly string[], load: () => Promise<void>): Promise<void> {
  const list = tables.map((table) => `'${table}'::regclass`).join(', ');
  const constraints = await query<{ name: string; table: string; definition: string }>(
    url,
    `SELECT conname AS name, conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE conrelid IN (${list}) AND contype IN ('p', 'u')`,
  );
  const indexes = await query<{ name: string; definition: string }>(
    url,
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
       FROM pg_index i WHERE indrelid IN (${list}) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
  );
  for (const { name } of indexes) await query(url, `DROP INDEX ${name}`);
  for (const { name, table } of constraints) await query(url, `ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  await load();
  for (const { name, table, definition } of constraints)
    await query(url, `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  for (const { definition } of indexes) await query(url, definition);
}
