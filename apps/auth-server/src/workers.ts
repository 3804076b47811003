import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import type { AuthServerConfig } from './config.js';

const RESTART_MILLISECONDS = 500;

/** Whether this process is the one that only keeps the workers alive. */
export const isSupervisor = ({ http }: AuthServerConfig): boolean => http.workers > 1 && cluster.isPrimary;

/**
 * Runs as many workers as configured behind one port: each is a whole auth-server, any request may go to any of them. A
 * worker that dies is replaced; a signal reaches all, and the last one to leave ends this process. Worker number n
 * (from 0) has its metrics on the management port plus n.
 */
export function superviseWorkers({ http }: AuthServerConfig): void {
  const numbers = new Map<Worker, number>();
  let stopping = false;
  const fork = (number: number): void => {
    const managementPort = http.managementPort === 0 ? 0 : http.managementPort + number;
    // The parent's pipe is watched here, once for all.
    numbers.set(cluster.fork({ MANAGEMENT_PORT: String(managementPort), TANDEM_PARENT_WATCH: '0' }), number);
  };
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    for (const worker of numbers.keys()) worker.process.kill('SIGTERM');
  };
  cluster.on('exit', (worker) => {
    const number = numbers.get(worker) ?? 0;
    numbers.delete(worker);
    if (!stopping) setTimeout(() => fork(number), RESTART_MILLISECONDS);
    else if ([...numbers.keys()].every((other) => other.isDead())) process.exit(0);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
  if (http.exitWithParent) {
    process.stdin.resume();
    for (const end of ['end', 'error'] as const) process.stdin.once(end, stop);
  }
  for (let number = 0; number < http.workers; number += 1) fork(number);
}
