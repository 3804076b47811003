import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { residentMiB } from '../load/processes.js';

/** How a server under test is started; it counts as up at the first 200 from `ready`. */
export interface ServerSpec {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ready: string;
}

export interface RunningServer {
  readonly pid: number;
  readonly startMs: number;
  readonly idleMiB: number;
  stop(): Promise<void>;
}

const LONGEST_START_MS = 60_000;
const SETTLE_MS = 700;
/** How to stop each server that was spawned, ready or not: an interruption must leave none behind. */
const running = new Set<() => Promise<void>>();

/** Starts a server pinned to a core; `undefined` leaves it to the system. What it prints goes to the log file. */
export async function startServer(spec: ServerSpec, core: number | undefined, log: string): Promise<RunningServer> {
  const output = openSync(log, 'a');
  const began = performance.now();
  // taskset becomes the program that it starts: the pid is the server's.
  const command = [...(core === undefined ? [] : ['taskset', '-c', String(core)]), process.execPath, ...spec.args];
  const child = spawn(command[0] as string, command.slice(1), {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...spec.env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  let ended = false;
  const exited = new Promise<void>((resolve) =>
    child.once('exit', (code, signal) => {
      ended = true;
      if (running.delete(stop)) console.error(`${spec.name} ended by itself: ${signal ?? code}, see ${log}`);
      resolve();
    }),
  );
  const stop = async (): Promise<void> => {
    running.delete(stop);
    if (ended) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
    await exited;
    clearTimeout(timer);
  };
  running.add(stop);
  while ((await statusOf(spec.ready)) !== 200) {
    if (!ended && performance.now() - began < LONGEST_START_MS) continue;
    await stop();
    throw new Error(`${spec.name} did not start, see ${log}`);
  }
  const startMs = performance.now() - began;
  await pause(SETTLE_MS);
  const pid = child.pid as number;
  return { pid, startMs, idleMiB: residentMiB(pid), stop };
}

export const stopServers = async (): Promise<void> => {
  await Promise.all([...running].map((stop) => stop()));
};

/** Asked anew every few milliseconds until somebody listens. */
async function statusOf(url: string): Promise<number> {
  const status = await new Promise<number>((resolve) => {
    const request = http.get(url, { agent: false, timeout: 2_000 }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', () => resolve(0)).once('timeout', () => request.destroy());
  });
  if (status !== 200) await pause(4);
  return status;
}
