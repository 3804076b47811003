import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

const SCRIPT = resolve(import.meta.dirname, '../../watchdog.mjs');

let keeper: ChildProcess | undefined;
const watched = new Map<number, NodeJS.Signals>();

/**
 * Has the process ended with `signal` when we are gone, even by kill -9. The keeper is one small process beside us; it
 * notices by the end of its stdin, which the system closes for us.
 *
 * @returns what forgets the process again, to be called once it has exited.
 */
export function watch(pid: number, signal: NodeJS.Signals): () => void {
  watched.set(pid, signal);
  if (keeper === undefined) startKeeper();
  else tell(`+ ${pid} ${signal}`);
  return () => {
    watched.delete(pid);
    tell(`- ${pid}`);
    if (watched.size === 0) dismissKeeper();
  };
}

function tell(line: string): void {
  keeper?.stdin?.write(`${line}\n`);
}

function startKeeper(): void {
  // A group of its own: Ctrl-C in the terminal must not end it before us.
  const child = spawn(process.execPath, [SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  keeper = child;
  child.unref();
  child.stdin?.on('error', () => undefined);
  (child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  child.once('exit', () => {
    if (keeper !== child) return;
    keeper = undefined;
    if (watched.size > 0) startKeeper();
  });
  child.once('error', () => undefined);
  for (const [pid, signal] of watched) tell(`+ ${pid} ${signal}`);
}

function dismissKeeper(): void {
  const child = keeper;
  keeper = undefined;
  child?.stdin?.end();
}
