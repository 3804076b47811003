import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '@tandem/dev';
import { migrate, migrateOrders } from '@tandem/persistence';
import pg from 'pg';

/** A database of one's own, with the schema and nothing in it. */
export interface TestDatabase {
  readonly url: string;
  /** Ends whoever is still connected and removes it. */
  drop(): Promise<void>;
}

/** Any number, the same in every test process. */
const TEMPLATE_LOCK = 7_264_612;

/**
 * Creates a database from a migrated template, which the first caller of a run makes.
 *
 * @param server superuser's URL of another server than the run's own.
 */
export async function createTestDatabase(server = serverUrl()): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdministrator(server, async (client) => {
    const template = await ensureTemplate(client, server);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return {
    url: databaseUrl(server, name),
    drop: () =>
      asAdministrator(
        server,
        async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      ),
  };
}

function serverUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined)
    throw new Error('TEST_DATABASE_URL is not set: run specs by "npm test", which starts a PostgreSQL for them.');
  return url;
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function asAdministrator<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  // A server that is stopped while we look must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @returns the template's name; it carries the migrations' hash, so that a changed schema is a new template. */
async function ensureTemplate(client: pg.Client, server: string): Promise<string> {
  const template = `template_${migrationsHash()}`;
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount === 0) await createTemplate(client, server, template);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
  return template;
}

/** Under another name first: a template that exists is complete. */
async function createTemplate(client: pg.Client, server: string, template: string): Promise<void> {
  const draft = `${template}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${draft}`);
  await migrate(databaseUrl(server, draft));
  await migrateOrders(databaseUrl(server, draft));
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
}

/** Of every file that is named like a migration: by the instant of its making. */
function migrationsHash(): string {
  const sources = inProject('libs/persistence/src');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(^|[\\/])\d{13}-/.test(file),
  );
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(sources, file)));
  return hash.digest('hex').slice(0, 16);
}
