/** `node dev/run.mjs <bench|faults|fuzz> [arguments]`: the long runs, each on an installed and built project. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { bootstrap, fail, root, run } from './bootstrap.mjs';

const [which, ...args] = process.argv.slice(2);
const jest = [process.execPath, '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const withServices = (command, options) =>
  run(process.execPath, ['dev/dist/with-test-services.js', ...command], options);

async function faults() {
  await bootstrap();
  const scripts = readdirSync(resolve(root, 'test/faults')).filter((name) => /^[a-z].*\.mjs$/.test(name));
  const chosen = args.length === 0 ? scripts : scripts.filter((name) => args.some((arg) => name.includes(arg)));
  if (chosen.length === 0) fail(`No script in test/faults matches. There are: ${scripts.join(', ') || 'none'}.`);
  let worst = 0;
  for (const name of chosen) worst = Math.max(worst, await withServices([process.execPath, `test/faults/${name}`]));
  return worst;
}

const runs = {
  bench: async () => {
    await bootstrap({ projects: ['bench/tsconfig.json'] });
    return run(process.execPath, ['bench/dist/bench.js', ...args]);
  },
  faults,
  fuzz: async () => {
    await bootstrap();
    const env = { FUZZ_RUNS: '20000', ...process.env };
    return withServices([...jest, '--testPathPatterns', 'test/fuzz/', ...args], { env });
  },
};

if (!Object.hasOwn(runs, which)) fail(`Say what to run: node dev/run.mjs ${Object.keys(runs).join(' | ')}`);
process.exitCode = await runs[which]();
