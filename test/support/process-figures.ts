import { readdirSync, readFileSync } from 'node:fs';

/** Memory that a process holds, MiB. Linux only. */
export function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round((Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024) * 10) / 10;
}

/** Files and sockets that a process has open. Linux only. */
export const openHandles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** What `slopeOf` returns for points on one line: by how much y grows for each x. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
