import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The sample API's own schema. */
export class Orders1764000000000 implements MigrationInterface {
  name = 'Orders1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE resource_api.orders (
      id text PRIMARY KEY,
      user_id text NOT NULL,
      status text NOT NULL DEFAULT 'placed',
      lines jsonb NOT NULL,
      placed_at timestamptz NOT NULL DEFAULT clock_timestamp())`);
    await runner.query('CREATE INDEX orders_user_id_idx ON resource_api.orders (user_id, placed_at DESC)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE resource_api.orders');
  }
}
