import { setTimeout } from 'node:timers/promises';
import { DataSource, type DataSourceOptions, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOptions } from './database.js';
import { Foundation1764000000000 } from './migrations/1764000000000-foundation.js';
import { SignIn1764100000000 } from './migrations/1764100000000-sign-in.js';
import { GrantRecord1764200000000 } from './migrations/1764200000000-grant-record.js';
import { WholeIndexes1764300000000 } from './migrations/1764300000000-whole-indexes.js';
import { Orders1764000000000 } from './orders/1764000000000-orders.js';

/** Any number, the same in every migrator: two at once wait for each other. */
const MIGRATION_LOCK = 7_264_611;
const CONNECT_MILLISECONDS = 10_000;
const TURN_MILLISECONDS = 100;

/** The auth-server's, in their order. */
export const MIGRATIONS = [
  Foundation1764000000000,
  SignIn1764100000000,
  GrantRecord1764200000000,
  WholeIndexes1764300000000,
] as const;

/**
 * Brings the auth-server's schema up to date, under an advisory lock so that several replicas may start at once.
 *
 * @returns the names of the migrations that were run, none when the schema was current.
 */
export const migrate = (url: string): Promise<readonly string[]> => run(url, { migrations: MIGRATIONS });

/** The same for the sample API, whose tables and history live in a schema of their own. */
export const migrateOrders = (url: string): Promise<readonly string[]> =>
  run(url, { migrations: [Orders1764000000000], schema: 'resource_api' });

async function run(
  url: string,
  { migrations, schema }: { readonly migrations: readonly (new () => MigrationInterface)[]; readonly schema?: string },
): Promise<readonly string[]> {
  const dataSource = new DataSource({
    ...dataSourceOptions({ url, poolSize: 2 }),
    migrations: [...migrations],
    migrationsTableName: 'schema_migrations',
    ...(schema === undefined ? {} : { schema }),
    extra: { connectionTimeoutMillis: CONNECT_MILLISECONDS },
  } as DataSourceOptions);
  await dataSource.initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await takeTurn(lock);
    if (schema !== undefined) await lock.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    const done = await dataSource.runMigrations({ transaction: 'each' });
    return done.map(({ name }) => name);
  } finally {
    // Ending the session gives the lock back.
    await dataSource.destroy();
  }
}

/** Asks again and again: a statement that waits would be waited for by an index that is built beside the traffic. */
async function takeTurn(runner: QueryRunner): Promise<void> {
  for (;;) {
    const turn = (await runner.query('SELECT pg_try_advisory_lock($1) AS mine', [MIGRATION_LOCK])) as unknown;
    if ((turn as readonly [{ readonly mine: boolean }])[0].mine) return;
    await setTimeout(TURN_MILLISECONDS);
  }
}
