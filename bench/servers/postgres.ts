import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { listenerOn, pidsOf } from '../load/processes.js';
import { inProject } from './settings.js';

/** The PostgreSQL of a run, with databases that are gone afterwards. */
export interface BenchPostgres {
  /** Its topmost process, where it is on this machine. */
  readonly pid: number | undefined;
  readonly version: string;
  database(name: string): Promise<string>;
  stop(): Promise<void>;
}

interface Embedded {
  readonly url: string;
  stop(): Promise<void>;
}

/** DATABASE_URL's server, or the embedded one as a durable server with its data in `folder`. */
export async function openPostgres(folder: string): Promise<BenchPostgres> {
  const given = process.env['DATABASE_URL'];
  const embedded = given === undefined ? await startEmbedded(join(folder, 'postgres')) : undefined;
  const url = new URL(given ?? (embedded as Embedded).url);
  const pid = listenerOn(Number(url.port || 5_432));
  const made: string[] = [];
  const [{ server_version: version }] = (await query<{ server_version: string }>(url.href, 'SHOW server_version')) as [
    { server_version: string },
  ];
  return {
    ...{ pid, version },
    database: async (name) => {
      const database = `bench_${name}_${process.pid}`;
      await query(url.href, `CREATE DATABASE ${database}`);
      made.push(database);
      return Object.assign(new URL(url), { pathname: `/${database}` }).href;
    },
    stop: async () => {
      for (const database of made) await query(url.href, `DROP DATABASE ${database} WITH (FORCE)`);
      await embedded?.stop();
    },
  };
}

export async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Loaded at run time: the benchmark starts processes of the project and is built without its libraries. */
async function startEmbedded(dataDir: string): Promise<Embedded> {
  const module = (await import(pathToFileURL(inProject('dev/dist/index.js')).href)) as {
    startPostgres(options: { readonly dataDir: string }): Promise<Embedded>;
  };
  return module.startPostgres({ dataDir });
}

/** Pins a process and everything below it; a server that isn't ours may refuse. */
export function pin(root: number | undefined, core: number): boolean {
  if (root === undefined) return false;
  try {
    for (const pid of pidsOf(root)) execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
