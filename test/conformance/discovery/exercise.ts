import type { ModuleRun } from '../oidf/relying-party/module-run.js';
import { withRun, type RunOptions } from '../with-run.js';

/** Uses every value that a member of the discovery document holds, for real; it throws when one does not work. */
export type Exercise = (values: readonly string[]) => Promise<void>;

/** One after the other, each in a browser of its own. */
export const forEachValue =
  (work: (value: string, run: ModuleRun) => Promise<void>, options?: RunOptions): Exercise =>
  async (values) => {
    for (const value of values) await withRun((run) => work(value, run), options);
  };
