import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The record of grants: a version for each, and an outbox of its own that sign-ins may write without a sequence, a
 * notification or a turn. Everything has a default, so that servers of the version before go on beside it.
 */
export class GrantRecord1764200000000 implements MigrationInterface {
  name = 'GrantRecord1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE grants ADD COLUMN version integer NOT NULL DEFAULT 1');
    await runner.query(
      `CREATE TABLE grant_outbox (
         id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
         event jsonb NOT NULL,
         created_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
    );
    await runner.query('CREATE INDEX grant_outbox_created_at_idx ON grant_outbox (created_at)');
    await runner.query(`ALTER TABLE logout_deliveries ADD COLUMN over text NOT NULL DEFAULT 'http'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE logout_deliveries DROP COLUMN over');
    await runner.query('DROP TABLE grant_outbox');
    await runner.query('ALTER TABLE grants DROP COLUMN version');
  }
}
