/**
 * S: the same windows on an empty and on a large database, interleaved, with one process and with two behind one address.
 * What an operation costs must not grow with the rows that are there.
 */
import { openSubject, Runner } from '../load/runner.js';
import type { Subject } from '../load/runner.js';
import { pidsOf } from '../load/processes.js';
import { median, spread } from '../load/statistics.js';
import type { Window } from '../load/window.js';
import type { Options } from '../options.js';
import { freePorts } from '../servers/free-ports.js';
import type { BenchPostgres } from '../servers/postgres.js';
import { migrateOrders, resourceApiMissing, resourceServers } from '../servers/resource-servers.js';
import { migrateTandem } from '../servers/run-files.js';
import type { RunFiles } from '../servers/settings.js';
import { startServer } from '../servers/server-process.js';
import { tandemTarget } from '../servers/targets.js';
import type { Target } from '../servers/targets.js';
import { loadRows } from './load-rows.js';

const SMALL = 'few rows';
const LARGE = 'many rows';
const TWO = ', 2 processes';

export async function runScale(options: Options, postgres: BenchPostgres, files: RunFiles): Promise<string> {
  const [smallUrl, largeUrl] = [await postgres.database('small'), await postgres.database('large')];
  const port = await freePorts(12);
  const only = options.only.filter((name) => name === 'H' || name === 'R');
  const runner = new Runner({ ...options, only }, postgres.pid, files.log);
  const variants = [
    variant(SMALL, port, files, smallUrl, '1'),
    variant(LARGE, port + 1, files, largeUrl, '1'),
    variant(`${SMALL}${TWO}`, port + 2, files, smallUrl, '2'),
    variant(`${LARGE}${TWO}`, port + 3, files, largeUrl, '2'),
  ];
  for (const [url, target] of [
    [smallUrl, variants[0]],
    [largeUrl, variants[1]],
  ] as [string, Target][]) {
    migrateTandem(files, url);
    await (await startServer(target.server, options.serverCore, files.log)).stop();
  }
  await loadRows(largeUrl, options.scaleFactor, (line) => console.error(`S: ${line}`));
  const subjects: Subject[] = [];
  for (const target of variants) {
    const subject = await openSubject(target, options, files.log);
    // Two workers and what started them; a server that took no notice would be measured under a wrong name.
    if (target.name.endsWith(TWO) && pidsOf(subject.running.pid).length < 3)
      runner.results.notRun.push(`${target.name}: the server runs as one process whatever AUTH_SERVER_WORKERS says`);
    else subjects.push(subject);
  }
  await runner.endpoints(subjects);
  if (options.only.includes('V')) await guards(runner, subjects, [smallUrl, largeUrl], port + 4);
  for (const { connections } of subjects) for (const connection of connections) await connection.close();
  return table(runner, options.scaleFactor);
}

function variant(name: string, port: number, files: RunFiles, url: string, workers: string): Target {
  const target = tandemTarget(port, files, url);
  const env = { ...target.server.env, AUTH_SERVER_WORKERS: workers };
  return { ...target, name, server: { ...target.server, name, env } };
}

async function guards(
  runner: Runner,
  subjects: readonly Subject[],
  urls: readonly string[],
  port: number,
): Promise<void> {
  const missing = resourceApiMissing();
  if (missing !== undefined) return void runner.results.notRun.push(`V: ${missing}`);
  const guarded = urls.flatMap((url, index) => {
    migrateOrders(url);
    const issuing = subjects[index] as Subject;
    const { issuer, jwks_uri: jwksUrl } = issuing.party.metadata;
    const [tandem] = resourceServers(issuer, jwksUrl, url, port + 4 * index);
    return tandem === undefined ? [] : [{ ...tandem, name: issuing.target.name, issuing }];
  });
  await runner.guards(guarded);
}

function table({ results }: Runner, factor: number): string {
  const lines = [
    `Scale: ${factor} × (1 million users, 5 million grants, 10 million refresh tokens).`,
    '',
    '| workload | data | server CPU ms | × few rows | p99 ms | × few rows | PostgreSQL CPU ms |',
    '|---|---|---:|---:|---:|---:|---:|',
  ];
  for (const [workload, servers] of results.windows) {
    for (const [name, windows] of servers) {
      const base = servers.get(name.endsWith(TWO) ? `${SMALL}${TWO}` : SMALL) ?? [];
      const ratio = (pick: (window: Window) => number): string => {
        const {
          median: middle,
          low,
          high,
        } = spread(
          windows.flatMap((window, index) => (base[index] === undefined ? [] : [pick(window) / pick(base[index])])),
        );
        return `${middle.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
      };
      const of = (pick: (window: Window) => number): number => median(windows.map(pick));
      const cpu = ({ serverCpu }: Window): number => serverCpu;
      const p99 = (window: Window): number => window.p99;
      const postgresCpu = of((window) => window.postgresCpu).toFixed(2);
      lines.push(
        `| ${[workload, name, of(cpu).toFixed(3), ratio(cpu), of(p99).toFixed(1), ratio(p99), postgresCpu].join(' | ')} |`,
      );
    }
  }
  return [...lines, ...results.notRun.map((line) => `- not run: ${line}`)].join('\n');
}
