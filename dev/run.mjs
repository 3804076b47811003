/** `node dev/run.mjs <bench|faults|fuzz> [arguments]`: the long runs, each on an installed and built project. */
import { bootstrap, fail, run } from './bootstrap.mjs';

const [which, ...args] = process.argv.slice(2);
const jest = [process.execPath, '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const withServices = (command, options) =>
  run(process.execPath, ['dev/dist/with-test-services.js', ...command], options);

const runs = {
  bench: async () => {
    await bootstrap({ projects: ['bench/tsconfig.json'] });
    return run(process.execPath, ['bench/dist/bench.js', ...args]);
  },
  faults: async () => {
    await bootstrap();
    return withServices([...jest, '--config', 'test/faults/jest.config.mjs', ...args]);
  },
  fuzz: async () => {
    await bootstrap();
    const env = { FUZZ_RUNS: '20000', ...process.env };
    return withServices([...jest, '--testPathPatterns', 'test/fuzz/', ...args], { env });
  },
};

if (!Object.hasOwn(runs, which)) fail(`Say what to run: node dev/run.mjs ${Object.keys(runs).join(' | ')}`);
process.exitCode = await runs[which]();
