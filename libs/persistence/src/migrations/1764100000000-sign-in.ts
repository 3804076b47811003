import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What ways to sign in beside the password keep. Only additions, so that the version before serves on beside it. */
export class SignIn1764100000000 implements MigrationInterface {
  name = 'SignIn1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const change of CHANGES) await runner.query(change);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of [...NAMES].reverse()) await runner.query(`DROP TABLE IF EXISTS ${name}`);
    await runner.query(
      'ALTER TABLE interactions DROP COLUMN IF EXISTS login_state, DROP COLUMN IF EXISTS proven, DROP COLUMN IF EXISTS chosen_sid',
    );
    await runner.query('ALTER TABLE throttles DROP COLUMN IF EXISTS strikes');
    await runner.query('ALTER TABLE users DROP COLUMN IF EXISTS declared_hash');
  }
}

const NAMES = ['passkeys', 'totp_secrets', 'recovery_codes', 'federated_identities', 'proofs', 'mails'];

const CHANGES = [
  // Between the steps of one sign-in: what each method waits for, and the first factor once it is proven.
  `ALTER TABLE interactions ADD COLUMN login_state jsonb NOT NULL DEFAULT '{}', ADD COLUMN proven jsonb`,
  // What the operator's file said when it was applied to a user: users change their own data afterwards.
  'ALTER TABLE users ADD COLUMN declared_hash bytea',
  'CREATE INDEX users_declared_hash_idx ON users (declared_hash)',
  // Which of the browser's sign-ins the request is about.
  'ALTER TABLE interactions ADD COLUMN chosen_sid text',
  // Windows in a row in which there were too many attempts: each makes the next one longer.
  'ALTER TABLE throttles ADD COLUMN strikes integer NOT NULL DEFAULT 0',
  `CREATE TABLE passkeys (
     credential_id text PRIMARY KEY,
     user_id text NOT NULL,
     public_key bytea NOT NULL,
     counter bigint NOT NULL,
     transports text[] NOT NULL,
     name text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     last_used_at timestamptz)`,
  'CREATE INDEX passkeys_user_id_idx ON passkeys (user_id)',
  `CREATE TABLE totp_secrets (
     user_id text PRIMARY KEY,
     sealed bytea NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     last_step bigint NOT NULL)`,
  `CREATE TABLE recovery_codes (
     user_id text NOT NULL,
     code_hash bytea NOT NULL,
     used_at timestamptz,
     PRIMARY KEY (user_id, code_hash))`,
  `CREATE TABLE federated_identities (
     connection text NOT NULL,
     subject text NOT NULL,
     user_id text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     last_used_at timestamptz,
     PRIMARY KEY (connection, subject))`,
  'CREATE INDEX federated_identities_user_id_idx ON federated_identities (user_id)',
  `CREATE TABLE proofs (
     id text PRIMARY KEY,
     purpose text NOT NULL,
     secret_hash bytea NOT NULL,
     user_id text,
     email text,
     detail jsonb NOT NULL DEFAULT '{}',
     attempts_left integer NOT NULL,
     expires_at timestamptz NOT NULL)`,
  'CREATE INDEX proofs_expires_at_idx ON proofs (expires_at)',
  'CREATE INDEX proofs_user_id_idx ON proofs (user_id, purpose)',
  `CREATE TABLE mails (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     recipient text,
     sealed bytea NOT NULL,
     attempts integer NOT NULL DEFAULT 0,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     sent_at timestamptz)`,
  'CREATE INDEX mails_due_at_idx ON mails (due_at) WHERE sent_at IS NULL',
  'CREATE INDEX mails_created_at_idx ON mails (created_at)',
];
