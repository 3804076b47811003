import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES = [
  { partial: 'grants_user_id_idx', whole: 'grants_user_idx', on: 'grants (user_id, client_id)', live: 'revoked_at' },
  { partial: 'grants_sid_idx', whole: 'grants_session_idx', on: 'grants (sid)', live: 'revoked_at' },
  { partial: 'sessions_user_id_idx', whole: 'sessions_user_idx', on: 'sessions (user_id)', live: 'ended_at' },
] as const;

/**
 * Indexes of grants and sessions over all rows instead of the live ones. A partial index may be read from end to end for
 * the sake of its condition, and a plan that was made while the table was small went on doing so when it had grown.
 */
export class WholeIndexes1764300000000 implements MigrationInterface {
  name = 'WholeIndexes1764300000000';
  /** An index that is built beside the traffic can't be built in a transaction. */
  transaction = false as const;

  async up(runner: QueryRunner): Promise<void> {
    for (const { partial, whole, on } of INDEXES) await replace(runner, partial, whole, on);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { partial, whole, on, live } of INDEXES)
      await replace(runner, whole, partial, `${on} WHERE ${live} IS NULL`);
  }
}

/** An attempt that was cut off leaves an index that is not valid: it goes first. */
async function replace(runner: QueryRunner, old: string, name: string, on: string): Promise<void> {
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`);
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${old}`);
}
