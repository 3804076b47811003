/** After the migrations: the audit trail can be added to and read, never changed, by the running service. */
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.DATABASE_URL, connectionTimeoutMillis: 5_000 });
await client.connect();
try {
  await client.query('REVOKE UPDATE, DELETE, TRUNCATE ON audit_events FROM tandem_app');
  await client.query('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON schema_migrations FROM tandem_app');
} finally {
  await client.end();
}
console.log('the audit trail is append-only');
