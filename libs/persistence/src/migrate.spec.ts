import { migrate } from './migrate.js';
import { purgeExpired } from './purge.js';
import { createTestDatabase, type TestDatabase } from './test-database.spec-support.js';

let test: TestDatabase;
beforeEach(async () => {
  test = await createTestDatabase({ migrated: false });
});
afterEach(() => test.close());

describe('migrating', () => {
  it('accepts four replicas that start at once: one does the work', async () => {
    const done = await Promise.all(Array.from({ length: 4 }, () => migrate(test.url)));
    expect(done.filter((names) => names.length > 0)).toHaveLength(1);
    expect(await migrate(test.url)).toEqual([]);
    await test.sql('SELECT FROM audit_events');
  });

  it('refuses a server that is not there', async () => {
    const url = new URL(test.url);
    url.port = '1';
    await expect(migrate(url.href)).rejects.toThrow('ECONNREFUSED');
  });

  it('accepts the way back: no table is left', async () => {
    await migrate(test.url);
    const { Foundation1764000000000 } = await import('./migrations/1764000000000-foundation.js');
    const { GrantRecord1764200000000 } = await import('./migrations/1764200000000-grant-record.js');
    const runner = test.database.dataSource.createQueryRunner();
    await new GrantRecord1764200000000().down(runner);
    await new Foundation1764000000000().down(runner);
    await runner.release();
    expect(await test.sql(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual([
      { tablename: 'schema_migrations' },
    ]);
  });
});

describe('purging', () => {
  const left = async (table: string): Promise<number> => (await test.sql(`SELECT FROM ${table}`)).length;

  it('accepts bounded batches until nothing is left that counts no more', async () => {
    await migrate(test.url);
    await test.sql(
      `INSERT INTO assertions_seen SELECT 'web', n::text, clock_timestamp() - interval '1 hour' FROM generate_series(1, 1500) n`,
    );
    expect(await purgeExpired(test.database)).toBe(true);
    expect(await left('assertions_seen')).toBe(500);
    expect(await purgeExpired(test.database)).toBe(false);
    expect(await left('assertions_seen')).toBe(0);
  });

  it('refuses to take what still counts: a consumed code for a day, an unpublished event for ever', async () => {
    await migrate(test.url);
    await test.sql(
      `INSERT INTO authorization_codes (code_hash, grant_id, client_id, redirect_uri, redirect_uri_sent, expires_at, consumed_at)
       SELECT sha256(age::text::bytea), 'g', 'web', 'x', true, clock_timestamp() - age, clock_timestamp() - age
         FROM unnest(ARRAY[interval '23 hours', interval '25 hours']) age`,
    );
    await test.sql(
      `INSERT INTO outbox (key, event, created_at, published_at)
       SELECT 'k', '{}', clock_timestamp() - interval '9 days', published
         FROM unnest(ARRAY[NULL, clock_timestamp() - interval '1 day', clock_timestamp() - interval '3 days']) published`,
    );
    await test.sql(
      `INSERT INTO throttles VALUES ('now', 1, clock_timestamp()), ('then', 1, clock_timestamp() - interval '2 hours')`,
    );
    expect(await purgeExpired(test.database)).toBe(false);
    expect([await left('authorization_codes'), await left('outbox'), await left('throttles')]).toEqual([1, 2, 1]);
  });

  it('accepts several purgers at once', async () => {
    await migrate(test.url);
    await test.sql(
      `INSERT INTO interactions SELECT n::text, '', 'web', '{}', NULL, NULL, NULL, now(), now() - interval '1 hour' FROM generate_series(1, 900) n`,
    );
    const other = await test.open();
    await Promise.all([purgeExpired(test.database), purgeExpired(other), purgeExpired(test.database)]);
    await purgeExpired(test.database);
    expect(await left('interactions')).toBe(0);
  });
});
