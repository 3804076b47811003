import { DataSource } from 'typeorm';
import { dataSourceOptions } from './database.js';
import { Foundation1764000000000 } from './migrations/1764000000000-foundation.js';

/** Any number, the same in every migrator: two at once wait for each other. */
const MIGRATION_LOCK = 7_264_611;

/**
 * Brings the schema up to date, under an advisory lock so that several replicas may start at once.
 *
 * @returns the names of the migrations that were run, none when the schema was current.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const dataSource = new DataSource({
    ...dataSourceOptions({ url, poolSize: 2 }),
    migrations: [Foundation1764000000000],
    migrationsTableName: 'schema_migrations',
    extra: { connectionTimeoutMillis: 10_000 },
  } as ConstructorParameters<typeof DataSource>[0]);
  await dataSource.initialize();
  try {
    const lock = dataSource.createQueryRunner();
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      const done = await dataSource.runMigrations({ transaction: 'each' });
      return done.map(({ name }) => name);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}
