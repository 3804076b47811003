import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables by noun. Secrets, codes, tokens and session ids are kept as SHA-256 only; the database's clock decides expiry. */
export class Foundation1764000000000 implements MigrationInterface {
  name = 'Foundation1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of [...NAMES].reverse()) await runner.query(`DROP TABLE IF EXISTS ${name}`);
  }
}

const NAMES = [
  'users',
  'apis',
  'clients',
  'initial_access_tokens',
  'signing_keys',
  'secrets',
  'sessions',
  'interactions',
  'consents',
  'grants',
  'authorization_codes',
  'refresh_tokens',
  'access_tokens',
  'revocations',
  'assertions_seen',
  'throttles',
  'outbox',
  'logout_deliveries',
  'audit_events',
];

// No foreign keys and no sequence on the issuing path: rows of a family are joined by grant_id and leave in batches, and
// nothing there is hot, so that a PostgreSQL-compatible distributed engine can take over.
const TABLES = [
  `CREATE TABLE users (
     user_id text PRIMARY KEY,
     email text NOT NULL,
     email_key text NOT NULL,
     email_verified boolean NOT NULL DEFAULT false,
     password_hash text,
     claims jsonb NOT NULL DEFAULT '{}',
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     disabled_at timestamptz,
     CONSTRAINT users_email_key UNIQUE (email_key))`,
  `CREATE TABLE apis (
     identifier text PRIMARY KEY,
     definition jsonb NOT NULL,
     updated_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  `CREATE TABLE clients (
     client_id text PRIMARY KEY,
     definition jsonb NOT NULL,
     registration_token_hash bytea,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     disabled_at timestamptz)`,
  `CREATE TABLE initial_access_tokens (
     token_hash bytea PRIMARY KEY,
     uses_left integer NOT NULL,
     expires_at timestamptz NOT NULL)`,
  `CREATE TABLE signing_keys (
     kid text PRIMARY KEY,
     alg text NOT NULL,
     public_jwk jsonb NOT NULL,
     sealed_private bytea NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     active_from timestamptz NOT NULL,
     retired_at timestamptz)`,
  `CREATE TABLE secrets (
     name text PRIMARY KEY,
     sealed bytea NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  `CREATE TABLE sessions (
     sid text PRIMARY KEY,
     cookie_hash bytea NOT NULL,
     user_id text NOT NULL,
     auth_time timestamptz NOT NULL,
     acr text NOT NULL,
     amr text[] NOT NULL,
     user_agent text,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     expires_at timestamptz NOT NULL,
     ended_at timestamptz,
     CONSTRAINT sessions_cookie_hash_key UNIQUE (cookie_hash))`,
  'CREATE INDEX sessions_user_id_idx ON sessions (user_id) WHERE ended_at IS NULL',
  'CREATE INDEX sessions_expires_at_idx ON sessions (expires_at)',
  `CREATE TABLE interactions (
     interaction_id text PRIMARY KEY,
     browser_hash bytea NOT NULL,
     client_id text NOT NULL,
     parameters jsonb NOT NULL,
     logged_in_at timestamptz,
     consent text,
     consented_sid text,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     expires_at timestamptz NOT NULL)`,
  'CREATE INDEX interactions_expires_at_idx ON interactions (expires_at)',
  `CREATE TABLE consents (
     user_id text NOT NULL,
     client_id text NOT NULL,
     scope text[] NOT NULL,
     updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     PRIMARY KEY (user_id, client_id))`,
  `CREATE TABLE grants (
     grant_id text PRIMARY KEY,
     user_id text NOT NULL,
     client_id text NOT NULL,
     sid text NOT NULL,
     scope text[] NOT NULL,
     audience text[] NOT NULL,
     auth_time timestamptz NOT NULL,
     acr text NOT NULL,
     amr text[] NOT NULL,
     claims jsonb,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     last_used_at timestamptz,
     scope_changed_at timestamptz,
     expires_at timestamptz NOT NULL,
     revoked_at timestamptz,
     revoke_reason text)`,
  'CREATE INDEX grants_user_id_idx ON grants (user_id, client_id) WHERE revoked_at IS NULL',
  'CREATE INDEX grants_sid_idx ON grants (sid) WHERE revoked_at IS NULL',
  'CREATE INDEX grants_expires_at_idx ON grants (expires_at)',
  `CREATE TABLE authorization_codes (
     code_hash bytea PRIMARY KEY,
     grant_id text NOT NULL,
     client_id text NOT NULL,
     redirect_uri text NOT NULL,
     redirect_uri_sent boolean NOT NULL,
     code_challenge text,
     nonce text,
     expires_at timestamptz NOT NULL,
     consumed_at timestamptz)`,
  'CREATE INDEX authorization_codes_expires_at_idx ON authorization_codes (expires_at)',
  `CREATE TABLE refresh_tokens (
     token_hash bytea PRIMARY KEY,
     grant_id text NOT NULL,
     client_id text NOT NULL,
     generation integer NOT NULL,
     issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     idle_expires_at timestamptz NOT NULL,
     expires_at timestamptz NOT NULL,
     consumed_at timestamptz)`,
  'CREATE INDEX refresh_tokens_grant_id_idx ON refresh_tokens (grant_id)',
  'CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at)',
  `CREATE TABLE access_tokens (
     token_hash bytea PRIMARY KEY,
     jti text NOT NULL,
     grant_id text NOT NULL,
     scope text[] NOT NULL,
     issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     expires_at timestamptz NOT NULL,
     revoked_at timestamptz)`,
  'CREATE INDEX access_tokens_expires_at_idx ON access_tokens (expires_at)',
  `CREATE TABLE revocations (
     kind text NOT NULL,
     id text NOT NULL,
     scope text[],
     not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
     until timestamptz NOT NULL,
     PRIMARY KEY (kind, id))`,
  'CREATE INDEX revocations_until_idx ON revocations (until)',
  `CREATE TABLE assertions_seen (
     client_id text NOT NULL,
     jti text NOT NULL,
     expires_at timestamptz NOT NULL,
     PRIMARY KEY (client_id, jti))`,
  'CREATE INDEX assertions_seen_expires_at_idx ON assertions_seen (expires_at)',
  `CREATE TABLE throttles (
     key text PRIMARY KEY,
     count integer NOT NULL,
     resets_at timestamptz NOT NULL)`,
  `CREATE TABLE outbox (
     sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     id uuid NOT NULL DEFAULT gen_random_uuid(),
     key text NOT NULL,
     event jsonb NOT NULL,
     created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
     published_at timestamptz)`,
  "CREATE INDEX outbox_heartbeat_idx ON outbox (created_at) WHERE key = 'heartbeat'",
  'CREATE INDEX outbox_unpublished_idx ON outbox (sequence) WHERE published_at IS NULL',
  `CREATE TABLE logout_deliveries (
     id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     client_id text NOT NULL,
     user_id text NOT NULL,
     sid text NOT NULL,
     attempts integer NOT NULL DEFAULT 0,
     due_at timestamptz NOT NULL DEFAULT clock_timestamp())`,
  'CREATE INDEX logout_deliveries_due_at_idx ON logout_deliveries (due_at)',
  `CREATE TABLE audit_events (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     at timestamptz NOT NULL DEFAULT clock_timestamp(),
     type text NOT NULL,
     client_id text,
     user_id text,
     detail jsonb NOT NULL DEFAULT '{}')`,
  'CREATE INDEX audit_events_at_idx ON audit_events (at)',
];
