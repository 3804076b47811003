/**
 * The benchmark: closed-loop load on Tandem, a bare floor and peers from npm, interleaved in one run, every answer
 * verified. It starts servers as processes and knows the project only by what those speak. Figures that mean something
 * are CPU per operation and the ratios of one run: throughput on a busy machine does not repeat.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrate } from './load/calibration.js';
import { openSubject, Runner } from './load/runner.js';
import type { Subject } from './load/runner.js';
import type { Options } from './options.js';
import { readOptions } from './options.js';
import { machine, report } from './report.js';
import { runScale } from './scale/scale.js';
import { cheapenPasswords } from './servers/cheap-passwords.js';
import { freePorts } from './servers/free-ports.js';
import { openNats } from './servers/nats.js';
import { openPostgres, pin } from './servers/postgres.js';
import type { BenchPostgres } from './servers/postgres.js';
import { migrateOrders, resourceApiMissing, resourceServers } from './servers/resource-servers.js';
import { makeRunFiles, migrateTandem } from './servers/run-files.js';
import type { RunFiles } from './servers/settings.js';
import { startServer, stopServers } from './servers/server-process.js';
import { floorTarget, oidcProviderTarget, tandemTarget } from './servers/targets.js';
import type { Target } from './servers/targets.js';

/** Ends and deletes what the run has made; also when it is interrupted. */
let cleanUp = (): Promise<void> => Promise.resolve();

async function run(options: Options): Promise<void> {
  const files = makeRunFiles();
  const { generatorCore, scale } = options;
  if (generatorCore !== undefined) pin(process.pid, generatorCore);
  const data = mkdtempSync(join(tmpdir(), 'tandem-bench-data-'));
  const postgres = await openPostgres(data);
  cleanUp = async () => {
    cleanUp = () => Promise.resolve();
    await stopServers();
    await postgres.stop();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const pinned = generatorCore !== undefined && pin(postgres.pid, generatorCore);
    let complete = true;
    if (scale) console.log(await runScale(options, postgres, files));
    else complete = await compare(options, postgres, files, pinned);
    // After a failure it stays: the servers' log is in it.
    if (!complete) console.error(`not everything was run: see ${files.log}`);
    else rmSync(files.folder, { recursive: true, force: true });
  } finally {
    await cleanUp();
  }
}

/** Every workload on every server that can do it; whether all of them went through. */
async function compare(options: Options, postgres: BenchPostgres, files: RunFiles, pinned: boolean): Promise<boolean> {
  const { serverCore, generatorCore } = options;
  const port = await freePorts(8);
  const tandemUrl = await postgres.database('tandem');
  migrateTandem(files, tandemUrl);
  const targets = [
    tandemTarget(port, files, tandemUrl),
    floorTarget(port + 1, files, await postgres.database('floor')),
    oidcProviderTarget(port + 2, files, await postgres.database('peer')),
  ].filter(({ workloads }) => workloads.some((name) => options.only.includes(name)));
  const runner = new Runner(options, postgres.pid, files.log);
  await coldStarts(runner, targets, options, files.log, tandemUrl);
  const calibration = [calibrate(serverCore)];
  const subjects: Subject[] = [];
  for (const target of targets) {
    const subject = await openSubject(target, options, files.log);
    runner.started(target.name, subject.running);
    subjects.push(subject);
  }
  await runner.endpoints(subjects);
  if (options.only.includes('V')) await guards(runner, options, files, tandemUrl);
  calibration.push(calibrate(serverCore));
  const where = pinned ? `PostgreSQL and generator on core ${generatorCore}` : 'PostgreSQL not pinned';
  const cores = `servers on core ${serverCore ?? 'any'}, ${where}`;
  const facts = { ...machine(), postgres: postgres.version, calibration, pinned: cores };
  console.log(report(runner.results, facts));
  if (options.json !== undefined) writeJson(options.json, { facts, options, ...runner.results });
  for (const { connections } of subjects) for (const connection of connections) await connection.close();
  return runner.results.notRun.length === 0;
}

/** The first start on a database makes keys and users: it is not measured. */
async function coldStarts(
  runner: Runner,
  targets: readonly Target[],
  { starts, serverCore }: Options,
  log: string,
  tandemUrl: string,
): Promise<void> {
  for (let start = 0; start < starts; start++) {
    for (const { name, server } of targets) {
      const started = await startServer(server, serverCore, log);
      if (start > 0) runner.started(name, started);
      await started.stop();
    }
    if (start === 0) await cheapenPasswords(tandemUrl);
  }
}

/** The guarded APIs, with the broker that brings revocations; without one they run and V over NATS is left out. */
async function guards(runner: Runner, options: Options, files: RunFiles, databaseUrl: string): Promise<void> {
  const missing = resourceApiMissing();
  if (missing !== undefined) return void runner.results.notRun.push(`V: ${missing}`);
  migrateOrders(databaseUrl);
  const nats = await openNats(join(files.folder, 'nats'));
  const broker = typeof nats === 'string' ? undefined : nats;
  if (typeof nats === 'string') runner.results.notRun.push(`V over NATS: ${nats}`);
  try {
    if (options.generatorCore !== undefined) pin(broker?.pid, options.generatorCore);
    const port = await freePorts(8);
    const target = tandemTarget(port, files, databaseUrl);
    const env = { ...target.server.env, ...broker?.authServerEnv };
    const issuing = await openSubject({ ...target, server: { ...target.server, env } }, options, files.log);
    const { issuer, jwks_uri: jwksUrl } = issuing.party.metadata;
    const servers = resourceServers(issuer, jwksUrl, databaseUrl, port + 1, broker?.resourceApiEnv);
    const connection = await broker?.connect();
    await runner.guards(
      servers.map((server) => ({ ...server, issuing })),
      connection,
    );
    await connection?.close();
    for (const open of issuing.connections) await open.close();
    await issuing.running.stop();
  } finally {
    await broker?.stop();
  }
}

const writeJson = (file: string, value: object): void =>
  writeFileSync(
    file,
    JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Map ? Object.fromEntries(inner) : inner), 1),
  );

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
