/** `node dev/run.mjs <bench|faults|fuzz> [arguments]`: the long runs, each on an installed and built project. */
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { bootstrap, fail, root, run } from './bootstrap.mjs';

const [which, ...args] = process.argv.slice(2);
const jest = [process.execPath, '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const withServices = (command, options) =>
  run(process.execPath, ['dev/dist/with-test-services.js', ...command], options);

/** Specs that hold properties: they say so by what they import. */
const propertySpecs = () =>
  ['libs', 'apps']
    .flatMap((folder) =>
      readdirSync(resolve(root, folder), { recursive: true }).map((name) => `${folder}/${String(name)}`),
    )
    .filter((path) => path.endsWith('.spec.ts') && !path.includes('node_modules'))
    .filter((path) => readFileSync(resolve(root, path), 'utf8').includes("from 'fast-check'"));

const runs = {
  bench: async () => {
    await bootstrap({ projects: ['bench/tsconfig.json'] });
    return run(process.execPath, ['bench/dist/bench.js', ...args]);
  },
  faults: async () => {
    await bootstrap();
    const env = { TEST_POSTGRES_DURABLE: '1', ...process.env };
    return withServices([...jest, '--config', 'test/faults/jest.config.mjs', ...args], { env });
  },
  fuzz: async () => {
    await bootstrap();
    const env = { FUZZ_RUNS: '20000', FUZZ_SEED: String(randomInt(2 ** 31)), ...process.env };
    console.log(
      `${env.FUZZ_RUNS} runs of each property, seed ${env.FUZZ_SEED} (FUZZ_SEED=${env.FUZZ_SEED} repeats them)`,
    );
    return withServices([...jest, '--testTimeout', '600000', '--runTestsByPath', ...propertySpecs(), ...args], { env });
  },
};

if (!Object.hasOwn(runs, which)) fail(`Say what to run: node dev/run.mjs ${Object.keys(runs).join(' | ')}`);
process.exitCode = await runs[which]();
