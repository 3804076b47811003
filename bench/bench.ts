/**
 * The benchmark: closed-loop load on Tandem, a bare floor and peers from npm, interleaved in one run, every answer
 * verified. It starts servers as processes and knows the project only by what those speak. Figures that mean something
 * are CPU per operation and the ratios of one run: throughput on a busy machine does not repeat.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrate } from './load/calibration.js';
import { openSubject, Runner } from './load/runner.js';
import type { Options } from './options.js';
import { readOptions } from './options.js';
import { machine, report } from './report.js';
import { openPostgres, pin } from './servers/postgres.js';
import { migrateOrders, resourceApiMissing, resourceServers } from './servers/resource-servers.js';
import { makeRunFiles, migrateTandem } from './servers/run-files.js';
import { startServer, stopServers } from './servers/server-process.js';
import { floorTarget, oidcProviderTarget, tandemTarget } from './servers/targets.js';

/** As many ports in a row that nobody has. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(base + index)));
    if (free.every(Boolean)) return base;
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

async function run(options: Options): Promise<void> {
  const files = makeRunFiles();
  const { serverCore, generatorCore } = options;
  if (generatorCore !== undefined) pin(process.pid, generatorCore);
  const data = mkdtempSync(join(tmpdir(), 'tandem-bench-data-'));
  const postgres = await openPostgres(data);
  try {
    const pinned = generatorCore !== undefined && pin(postgres.pid, generatorCore);
    const [tandemUrl, floorUrl, peerUrl] = [
      await postgres.database('tandem'),
      await postgres.database('floor'),
      await postgres.database('peer'),
    ];
    const port = await freePorts(8);
    migrateTandem(files, tandemUrl);
    const targets = [
      tandemTarget(port, files, tandemUrl),
      floorTarget(port + 1, files, floorUrl),
      oidcProviderTarget(port + 2, files, peerUrl),
    ];
    const runner = new Runner(options, postgres.pid, files.log);
    // The first start of a database makes keys and users: it is not measured.
    await (await startServer(targets[0]!.server, serverCore, files.log)).stop();
    for (let start = 1; start < options.starts; start++)
      for (const { name, server } of targets) {
        const started = await startServer(server, serverCore, files.log);
        runner.started(name, started);
        await started.stop();
      }
    const calibration = [calibrate(serverCore)];
    const subjects = [];
    for (const target of targets) {
      const subject = await openSubject(target, options, files.log);
      runner.started(target.name, subject.running);
      subjects.push(subject);
    }
    await runner.endpoints(subjects);
    const [tandem] = subjects as [(typeof subjects)[0]];
    if (options.only.includes('V')) await guards(runner, tandem, tandemUrl, port + 3);
    calibration.push(calibrate(serverCore));
    const where = pinned ? `PostgreSQL and generator on core ${generatorCore}` : 'PostgreSQL not pinned';
    const facts = { ...machine(), postgres: postgres.version, calibration, pinned: `servers on core ${serverCore ?? 'any'}, ${where}` };
    console.log(report(runner.results, facts));
    if (options.json !== undefined) writeJson(options.json, { facts, options, ...runner.results });
    await Promise.all(subjects.flatMap(({ connections }) => connections.map((connection) => connection.close())));
  } finally {
    await stopServers();
    await postgres.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

async function guards(
  runner: Runner,
  tandem: Awaited<ReturnType<typeof openSubject>>,
  databaseUrl: string,
  port: number,
): Promise<void> {
  const missing = resourceApiMissing();
  if (missing !== undefined) {
    runner.results.notRun.push(`V: ${missing}`);
    return;
  }
  migrateOrders(databaseUrl);
  const { issuer, jwks_uri: jwksUrl } = tandem.party.metadata;
  await runner.guards(tandem, resourceServers(issuer, jwksUrl, databaseUrl, port));
}

const writeJson = (file: string, value: object): void =>
  writeFileSync(
    file,
    JSON.stringify(value, (_key, inner: unknown) => (inner instanceof Map ? Object.fromEntries(inner) : inner), 1),
  );

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stopServers().finally(() => process.exit(1)));
try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
