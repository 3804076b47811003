import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { gone, processExists } from '../processes/process-exists.js';
import { aFolder, aStarter, clusterTemplate } from '../starter.spec-support.js';
import { canReach } from './server-account.js';
import { startPostgres } from './start-postgres.js';

async function query<Row extends pg.QueryResultRow>(url: string, text: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  const folder = aFolder();
  const options = { dataDir: join(folder.path, 'postgres'), durable: false, template: clusterTemplate } as const;
  beforeAll(() => chmodSync(folder.path, 0o711));
  afterAll(() => folder.remove());

  it('accepts connections with its password only, and keeps data and port over a restart', async () => {
    const first = await startPostgres(options);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await expect(query(first.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
    await first.stop();
    expect(processExists(first.pid)).toBe(false);

    const second = await startPostgres(options);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.stop();
  });

  it('accepts a restart at once after kill -9', async () => {
    const first = await startPostgres(options);
    first.kill('SIGKILL');
    await first.exited;
    const second = await startPostgres(options);
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
  });

  it('shows a second starter the running server, and ends with its own starter even by kill -9', async () => {
    const { starter, servicePid } = await aStarter(`startPostgres(${JSON.stringify(options)})`);
    const borrowed = await startPostgres(options);
    expect(borrowed).toMatchObject({ reused: true, pid: servicePid });
    await borrowed.stop();
    expect(processExists(servicePid)).toBe(true);

    starter.kill('SIGKILL');
    expect(await gone(servicePid, 5)).toBe(true);
  });

  it('accepts a server whose starter is gone as its own', async () => {
    const left = await startPostgres(options);
    writeFileSync(join(options.dataDir, 'starter.pid'), '999999');
    const adopted = await startPostgres(options);
    expect(adopted).toMatchObject({ reused: true, pid: left.pid });
    await adopted.stop();
    expect(processExists(left.pid)).toBe(false);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('accepts a data folder that other accounts can not enter', async () => {
    const home = join(folder.path, 'closed');
    mkdirSync(home, { mode: 0o700 });
    expect(canReach(home, 65_534, 65_534)).toBe(false);
    const server = await startPostgres({ ...options, dataDir: join(home, 'postgres') });
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });
});
