import { cpuMsOf, residentMiB } from './processes.js';
import { percentile } from './statistics.js';

/** One operation of one virtual user. It throws when anything of an answer is not as it must be. */
export type Operation = (user: number) => Promise<void>;

/** What a window of closed-loop load has shown. CPU is in milliseconds per operation. */
export interface Window {
  readonly operations: number;
  readonly failures: number;
  readonly firstFailure?: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly serverCpu: number;
  readonly postgresCpu: number;
  readonly generatorCpu: number;
  readonly residentMiB: number;
}

export interface WindowOptions {
  readonly users: number;
  readonly milliseconds: number;
  readonly servers: readonly number[];
  readonly postgres?: number;
}

/** Failures that end a window: one wrong answer in twenty is no noise any more. */
const TOLERATED = 20;

/** Every user begins its next operation when the last has ended, until the time is over. */
export async function runWindow(operation: Operation, options: WindowOptions): Promise<Window> {
  const { servers, postgres } = options;
  const cpuNow = (): readonly [number, number, number] => {
    const { user, system } = process.cpuUsage();
    return [servers.reduce((sum, pid) => sum + cpuMsOf(pid), 0), cpuMsOf(postgres), (user + system) / 1_000];
  };
  const before = cpuNow();
  const began = performance.now();
  const latencies: number[] = [];
  const failures: unknown[] = [];
  const user = async (number: number): Promise<void> => {
    for (;;) {
      const start = performance.now();
      if (start - began >= options.milliseconds) return;
      try {
        await operation(number);
        latencies.push(performance.now() - start);
      } catch (error) {
        failures.push(error);
        if (failures.length > TOLERATED && failures.length > latencies.length / TOLERATED) throw failures[0];
      }
    }
  };
  await Promise.all(Array.from({ length: options.users }, (_, number) => user(number)));
  const elapsed = performance.now() - began;
  const used = cpuNow().map((now, index) => (now - (before[index] as number)) / latencies.length);
  latencies.sort((a, b) => a - b);
  return {
    ...{ operations: latencies.length, failures: failures.length },
    ...(failures.length === 0 ? {} : { firstFailure: String(failures[0]) }),
    perSecond: (latencies.length / elapsed) * 1_000,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
    serverCpu: used[0] as number,
    postgresCpu: used[1] as number,
    generatorCpu: used[2] as number,
    residentMiB: servers.reduce((sum, pid) => sum + residentMiB(pid), 0),
  };
}
