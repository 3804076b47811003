import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import type { AuthServerConfig } from './config.js';

const RESTART_MILLISECONDS = 500;
const SERVING = 'serving';

/** Whether this process is the one that only keeps the workers alive. */
export const isSupervisor = ({ http }: AuthServerConfig): boolean => http.workers > 1 && cluster.isPrimary;

/** What a worker says when it has started; a process without a supervisor says it to nobody. */
export const tellServing = (): void => void cluster.worker?.send(SERVING);

/**
 * Runs as many workers as configured behind one port: each is a whole auth-server, any request may go to any of them. A
 * worker that dies is replaced; one that could never start ends all with exit code 1, as it would alone. A signal reaches
 * all, and the last one to leave ends this process. Worker number n (from 0) has its metrics on the management port plus n.
 */
export function superviseWorkers({ http }: AuthServerConfig): void {
  const running = new Map<Worker, number>();
  const served = new Set<number>();
  let stopping = false;
  let exitCode = 0;
  const fork = (number: number): void => {
    const managementPort = http.managementPort === 0 ? 0 : http.managementPort + number;
    // The parent's pipe is watched here, once for all.
    const worker = cluster.fork({ MANAGEMENT_PORT: String(managementPort), TANDEM_PARENT_WATCH: '0' });
    running.set(worker, number);
    worker.once('message', () => served.add(number));
  };
  const leaveWhenAlone = (): void => {
    if (stopping && running.size === 0) process.exit(exitCode);
  };
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    for (const worker of running.keys()) worker.process.kill('SIGTERM');
    leaveWhenAlone();
  };
  cluster.on('exit', (worker, code) => {
    const number = running.get(worker) ?? 0;
    running.delete(worker);
    if (!served.has(number) || (stopping && code !== 0)) {
      exitCode = 1;
      stop();
    }
    leaveWhenAlone();
    setTimeout(() => {
      if (!stopping) fork(number);
    }, RESTART_MILLISECONDS);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  if (http.exitWithParent) {
    process.stdin.resume();
    for (const end of ['end', 'error'] as const) process.stdin.once(end, stop);
  }
  for (let number = 0; number < http.workers; number += 1) fork(number);
}
