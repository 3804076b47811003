/** `npm run demo`: signs in through the hybrid flow step by step, explained on the terminal. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bootstrap, root, run } from './bootstrap.mjs';

/** Where the embedded NATS of the running system is, so that the demo can call the API over it too. */
function embeddedNats() {
  const folder = join(resolve(root, process.env.DATA_DIR || '.data'), 'nats');
  const [port, seed] = [join(folder, 'port'), join(folder, 'seeds', 'client')];
  if (process.env.NATS_URL || !existsSync(port) || !existsSync(seed)) return {};
  return { NATS_URL: `nats://127.0.0.1:${readFileSync(port, 'utf8').trim()}`, NATS_SEED_FILE: seed };
}

await bootstrap();
const env = { ...process.env, ...embeddedNats() };
process.exitCode = await run(process.execPath, ['apps/sample-client/bundle/demo.js', ...process.argv.slice(2)], {
  env,
});
