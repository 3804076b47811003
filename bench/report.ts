import { cpus } from 'node:os';
import type { Calibration } from './load/calibration.js';
import type { Results } from './load/runner.js';
import { median, spread } from './load/statistics.js';
import type { Window } from './load/window.js';

export interface RunFacts {
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly postgres: string;
  readonly pinned: string;
  readonly calibration: readonly Calibration[];
}

export const machine = (): Pick<RunFacts, 'date' | 'node' | 'cpu'> => ({
  date: new Date().toISOString(),
  node: process.version,
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
});

const number = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : '–');
const of = (windows: readonly Window[], pick: (window: Window) => number): number => median(windows.map(pick));
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The whole run as Markdown. */
export function report(results: Results, facts: RunFacts): string {
  const { date, node, cpu, postgres, pinned, calibration } = facts;
  const [rs256, es256, argon2id] = (['rs256', 'es256', 'argon2id'] as const).map((name) =>
    median(calibration.map((one) => one[name])),
  ) as [number, number, number];
  const hashMs = argon2id / 1_000;
  return [
    `${date}, Node ${node}, PostgreSQL ${postgres}, ${cpu}, ${pinned}.`,
    `On the servers' core: one RS256 signature ${number(rs256, 0)} µs, one ES256 signature ${number(es256, 0)} µs, one argon2id check ${number(hashMs, 1)} ms.`,
    'CPU is server CPU per operation in ms: median of the windows, lowest and highest in brackets.',
    '',
    ...windowTable(results),
    '',
    ...ratioTable(results),
    '',
    ...startTable(results),
    ...results.notRun.map((line) => `- not run: ${line}`),
  ].join('\n');
}

function windowTable({ windows }: Results): readonly string[] {
  const lines = [
    row(
      'workload',
      'server',
      'op/s',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'server CPU ms',
      'PostgreSQL CPU ms',
      'RSS MiB',
      'failures',
    ),
    '|---|---|---:|---:|---:|---:|---:|---:|---:|---:|',
  ];
  for (const [workload, servers] of windows)
    for (const [server, list] of servers) {
      const cpu = spread(list.map(({ serverCpu }) => serverCpu));
      lines.push(
        row(
          ...[
            workload,
            server,
            number(
              of(list, ({ perSecond }) => perSecond),
              0,
            ),
          ],
          ...[of(list, ({ p50 }) => p50), of(list, ({ p95 }) => p95), of(list, ({ p99 }) => p99)].map((ms) =>
            number(ms),
          ),
          `${number(cpu.median, 3)} (${number(cpu.low, 3)}–${number(cpu.high, 3)})`,
          number(of(list, ({ postgresCpu }) => postgresCpu)),
          number(Math.max(...list.map(({ residentMiB }) => residentMiB)), 0),
          String(list.reduce((sum, { failures }) => sum + failures, 0)),
        ),
      );
    }
  return lines;
}

/** Paired by repetition: both windows of a pair saw the same minute of the machine. */
function ratioTable({ windows }: Results): readonly string[] {
  const lines = [row('workload', 'compared with', 'Tandem needs × its CPU', 'or: less by ×'), '|---|---|---:|---:|'];
  for (const [workload, servers] of windows) {
    const own = servers.get('tandem');
    if (own === undefined) continue;
    for (const [server, list] of servers) {
      if (server === 'tandem') continue;
      const ratios = own.flatMap(({ serverCpu }, index) => {
        const other = list[index]?.serverCpu;
        return other === undefined ? [] : [serverCpu / other];
      });
      const { median: middle, low, high } = spread(ratios);
      const less = `${number(1 / middle)} (${number(1 / high)}–${number(1 / low)})`;
      lines.push(row(workload, server, `${number(middle)} (${number(low)}–${number(high)})`, less));
    }
  }
  return lines;
}

function startTable({ starts }: Results): readonly string[] {
  return [
    row('server', 'start to first 200, ms', 'RSS idle, MiB', 'starts'),
    '|---|---:|---:|---:|',
    ...[...starts].map(([server, list]) =>
      row(
        ...[server, number(median(list.map(({ startMs }) => startMs)), 0)],
        ...[number(median(list.map(({ idleMiB }) => idleMiB)), 0), String(list.length)],
      ),
    ),
  ];
}
