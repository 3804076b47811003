import { ModuleRun } from '../oidf/relying-party/module-run.js';
import type { Registration, ResponseType, Variant } from '../oidf/relying-party/variant.js';

/** Uses every value that a member of the discovery document holds, for real; it throws when one does not work. */
export type Exercise = (values: readonly string[]) => Promise<void>;

const USUAL: Variant = {
  responseType: 'code',
  responseMode: 'default',
  clientAuthentication: 'client_secret_basic',
  registration: 'dynamic',
};

export interface RunOptions {
  readonly responseType?: ResponseType;
  readonly registration?: Registration;
}

/** A browser and clients for as long as `work` needs them. */
export async function withRun<Result>(
  work: (run: ModuleRun) => Promise<Result>,
  options: RunOptions = {},
): Promise<Result> {
  const run = await ModuleRun.start({ ...USUAL, ...options });
  try {
    return await work(run);
  } finally {
    await run.end();
  }
}

/** One after the other, each in a browser of its own. */
export const forEachValue =
  (work: (value: string, run: ModuleRun) => Promise<void>, options?: RunOptions): Exercise =>
  async (values) => {
    for (const value of values) await withRun((run) => work(value, run), options);
  };
