import { spawnSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
  cpSync,
  chmodSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { GrantFlow, sumOf } from '../support/grant-flow.js';
import { Load, unseemly } from '../support/load.js';
import { delaysOf, report, until } from '../support/measurement.js';
import { OwnPostgres } from '../support/own-postgres.js';

const FLOWS_PER_SECOND = 13;
const LONGEST_MS = 2_500;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A small disk of its own; only root may have one. */
class SmallDisk {
  private readonly ballast: string;

  constructor(
    readonly path: string,
    mebibytes: number,
  ) {
    mkdirSync(path, { recursive: true });
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path]);
    if (status !== 0) throw new Error(`no disk can be mounted here: ${stderr.toString()}`);
    this.ballast = join(path, 'ballast');
  }

  /** Takes what is left. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.path);
    writeFileSync(this.ballast, Buffer.alloc(Number(bavail) * Number(bsize)));
  }

  free(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.path]);
  }
}

const mayMount = (): boolean => {
  const path = mkdtempSync(join(tmpdir(), 'tandem-disk-'));
  try {
    new SmallDisk(path, 1).unmount();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
};
const possible = process.platform === 'linux' && mayMount();
if (!possible) console.warn('disk-full: skipped, since disks can be mounted by root on Linux only');

(possible ? describe : describe.skip)('the disk of PostgreSQL is full', () => {
  let home: string;
  let data: SmallDisk;
  let log: SmallDisk;
  let postgres: OwnPostgres;
  let tandem: RunningTandem;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tandem-disk-'));
    chmodSync(home, 0o711);
    data = new SmallDisk(join(home, 'data'), 160);
    log = new SmallDisk(join(home, 'log'), 96);
    // The write-ahead log gets a disk of its own, as a deployment should give it.
    const settings = { max_wal_size: '48MB', min_wal_size: '32MB', log_checkpoints: 'off' };
    postgres = await OwnPostgres.start({ dataDir: data.path, settings });
    await postgres.end('SIGINT');
    const inData = join(data.path, 'cluster', 'pg_wal');
    const { uid, gid } = statSync(inData);
    cpSync(inData, join(log.path, 'pg_wal'), { recursive: true });
    renameSync(inData, `${inData}.old`);
    for (const path of ['', ...readdirSync(join(log.path, 'pg_wal'), { recursive: true, encoding: 'utf8' })])
      chownSync(join(log.path, 'pg_wal', path), uid, gid);
    chmodSync(join(log.path, 'pg_wal'), 0o700);
    rmSync(`${inData}.old`, { recursive: true });
    symlinkSync(join(log.path, 'pg_wal'), inData);
    await postgres.startAgain();
    tandem = await startTandem({ apps: ['auth-server'], databaseServerUrl: postgres.url });
  }, 60_000);
  afterAll(async () => {
    data?.free();
    log?.free();
    await tandem?.stop();
    await postgres?.stop();
    data?.unmount();
    log?.unmount();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  async function reportAndCheck(id: string, load: Load, flow: GrantFlow, figures: Record<string, number>) {
    const database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
    const violations = await flow.violations(database);
    await database.end();
    const { samples } = load;
    report(id, {
      n: samples.length,
      statuses: load.statuses(),
      ...delaysOf(samples.map(({ ms }) => ms)),
      ...flow.acknowledged,
      ...violations,
      ...figures,
      unseemly: unseemly(samples, LONGEST_MS).length,
      invariant_violations: sumOf(violations),
    });
    expect(sumOf(violations)).toBe(0);
    expect(unseemly(samples, LONGEST_MS).slice(0, 5)).toEqual([]);
    expect(load.statuses()).toHaveProperty('503');
  }

  const readsOf = async (): Promise<readonly number[]> => {
    const { url } = tandem.app('auth-server');
    const paths = ['/health/live', '/.well-known/jwks.json', '/.well-known/openid-configuration'];
    return Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).status));
  };
  const worksAgain = (client: DemoClient) => async (): Promise<boolean> => {
    const flow = new GrantFlow(client, new Load());
    await flow.run();
    return flow.acknowledged.revocations === 1;
  };

  it('acknowledges nothing that it could not write while the data disk is full, and goes on when there is room', async () => {
    const client = new DemoClient(tandem);
    await client.tokens('openid offline_access read:orders');
    const load = new Load();
    const flow = new GrantFlow(client, load);
    load.start(FLOWS_PER_SECOND, () => flow.run());
    await pause(1_000);
    data.fill();
    const full = performance.now();
    // Pages that are there already still have some room.
    const refused = async (): Promise<boolean> => load.samples.some(({ status, at }) => at > full && status === 503);
    expect(await until(refused, 60)).toBe(true);
    const firstRefusal = performance.now() - full;
    await pause(2_000);
    expect(await readsOf()).toEqual([200, 200, 200]);
    data.free();
    const freed = performance.now();
    expect(await until(worksAgain(client), 10)).toBe(true);
    const recovery = Math.round(performance.now() - freed);
    await pause(1_000);
    await load.stop();
    await reportAndCheck('data-disk-full', load, flow, {
      first_refusal_ms: Math.round(firstRefusal),
      recovery_ms: recovery,
    });
  });

  it('loses nothing acknowledged when the disk of the write-ahead log is full and the server ends itself', async () => {
    const client = new DemoClient(tandem);
    await client.tokens('openid offline_access read:orders');
    const load = new Load();
    const flow = new GrantFlow(client, load);
    load.start(FLOWS_PER_SECOND, () => flow.run());
    await pause(500);
    log.fill();
    const database = new Client({ connectionString: tandem.databaseUrl });
    database.on('error', () => undefined);
    await database.connect();
    // A new segment of the log is needed, and there is no room for it.
    for (let switches = 0; switches < 20; switches += 1) {
      const gone = await database
        .query("SELECT pg_logical_emit_message(false, 'tandem', repeat('x', 100000)), pg_switch_wal()")
        .then(() => false)
        .catch(() => true);
      if (gone) break;
    }
    await database.end().catch(() => undefined);
    const app = tandem.app('auth-server');
    const isDown = async (): Promise<boolean> => !(await fetch(`${app.url}/health/ready`)).ok;
    expect(await until(isDown, 20)).toBe(true);
    await pause(1_000);
    expect(await readsOf()).toEqual([200, 200, 200]);
    await postgres.end('SIGKILL');
    log.free();
    const freed = performance.now();
    await postgres.startAgain();
    expect(await until(worksAgain(client), 10)).toBe(true);
    const recovery = Math.round(performance.now() - freed);
    await load.stop();
    expect(app.running).toBe(true);
    await reportAndCheck('log-disk-full', load, flow, { recovery_ms: recovery });
  });
});
