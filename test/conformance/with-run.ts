import { ModuleRun } from './oidf/relying-party/module-run.js';
import type { ClientAuthentication, Registration, ResponseType, Variant } from './oidf/relying-party/variant.js';

const USUAL: Variant = {
  responseType: 'code',
  responseMode: 'default',
  clientAuthentication: 'client_secret_basic',
  registration: 'dynamic',
};

export interface RunOptions {
  readonly responseType?: ResponseType;
  readonly registration?: Registration;
  readonly clientAuthentication?: ClientAuthentication;
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
