/** How often a property of fast-check is tried, and with which seed: FUZZ_RUNS (default 200), FUZZ_SEED (default a new one). */
import { env } from 'node:process';
import fc from 'fast-check';

fc.configureGlobal({
  numRuns: Number(env['FUZZ_RUNS'] ?? 200),
  ...(env['FUZZ_SEED'] === undefined ? {} : { seed: Number(env['FUZZ_SEED']) }),
});
