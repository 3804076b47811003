import { setTimeout as pause } from 'node:timers/promises';
import type { ExitStatus } from './service-process.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** What lived this long had started well: the next failure counts as the first again. */
const HEALTHY_AFTER_MS = 60_000;

/** An app or a service that can be started again after it ended. */
export interface Restartable {
  readonly name: string;
  /** Of the present process. */
  readonly exited: Promise<ExitStatus>;
  start(): Promise<void>;
}

/**
 * Starts something again whenever it ends, later each time it fails soon after.
 *
 * @param say receives a line for people.
 */
export async function keepRunning(kept: Restartable, say: (line: string) => void, end: AbortSignal): Promise<void> {
  let wait = FIRST_PAUSE_MS;
  while (!end.aborted) {
    const since = Date.now();
    const { code, signal } = await kept.exited;
    if (end.aborted) return;
    if (Date.now() - since > HEALTHY_AFTER_MS) wait = FIRST_PAUSE_MS;
    say(`${kept.name} ended (${signal ?? `exit code ${code}`}); starting it again in ${wait / 1000} s`);
    await pause(wait, undefined, { signal: end }).catch(() => undefined);
    if (end.aborted) return;
    wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
    await kept.start().then(
      () => say(`${kept.name} is back`),
      (error: Error) => say(error.message),
    );
  }
}
