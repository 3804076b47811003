/**
 * `database`: two databases and four roles. Each service has an owner, who migrates, and an app, who reads and writes rows and
 * can neither create nor drop anything. May be repeated: passwords are set to what the files say.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

const FOLDER = '/run/tandem';
const password = (name) => readFileSync(join(FOLDER, `${name}-password`), 'utf8').trim();
const { escapeIdentifier: id, escapeLiteral: text } = pg;

const SERVICES = ['tandem', 'orders'];

async function asSuperuser(database, work) {
  const url = new URL(process.env.DATABASE_URL);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await work((statement) => client.query(statement));
  } finally {
    await client.end();
  }
}

async function makeRole(run, role) {
  const { rowCount } = await run(`SELECT 1 FROM pg_roles WHERE rolname = ${text(role)}`);
  if (rowCount === 0) await run(`CREATE ROLE ${id(role)}`);
  const secret = text(password(role.replace('_', '-')));
  await run(`ALTER ROLE ${id(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${secret}`);
}

async function makeDatabase(run, service) {
  const { rowCount } = await run(`SELECT 1 FROM pg_database WHERE datname = ${text(service)}`);
  if (rowCount === 0) await run(`CREATE DATABASE ${id(service)} OWNER ${id(`${service}_owner`)}`);
  await run(`REVOKE ALL ON DATABASE ${id(service)} FROM PUBLIC`);
  await run(`GRANT CONNECT ON DATABASE ${id(service)} TO ${id(`${service}_app`)}`);
}

/** What the owner will create, the app may use: rows, not definitions. */
async function grantRows(run, service) {
  const owner = id(`${service}_owner`);
  const app = id(`${service}_app`);
  await run(`ALTER SCHEMA public OWNER TO ${owner}`);
  await run(`GRANT USAGE ON SCHEMA public TO ${app}`);
  const always = `ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} GRANT`;
  await run(`${always} USAGE ON SCHEMAS TO ${app}`);
  await run(`${always} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app}`);
  await run(`${always} USAGE, SELECT ON SEQUENCES TO ${app}`);
}

await asSuperuser('postgres', async (run) => {
  for (const service of SERVICES) {
    await makeRole(run, `${service}_owner`);
    await makeRole(run, `${service}_app`);
    await makeDatabase(run, service);
  }
});
for (const service of SERVICES) await asSuperuser(service, (run) => grantRows(run, service));
console.log('databases and roles are there');
