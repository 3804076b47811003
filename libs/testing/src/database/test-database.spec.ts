import pg from 'pg';
import { createTestDatabase } from './test-database.js';

async function tables(url: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
  );
  await client.end();
  return rows.map(({ name }) => name);
}

describe('a test database', () => {
  it('accepts several at once, each with the schema, and refuses connections once dropped', async () => {
    const databases = await Promise.all([createTestDatabase(), createTestDatabase(), createTestDatabase()]);
    expect(new Set(databases.map(({ url }) => url)).size).toBe(3);
    for (const { url } of databases) expect(await tables(url)).toContain('schema_migrations');
    await Promise.all(databases.map((database) => database.drop()));
    await expect(tables(databases[0]?.url ?? '')).rejects.toThrow(/does not exist/);
  });
});
