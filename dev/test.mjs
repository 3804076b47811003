/** `npm test`: jest with a PostgreSQL and a nats-server of its own; arguments go to jest. */
import { bootstrap, run } from './bootstrap.mjs';

await bootstrap();
process.exitCode = await run(process.execPath, [
  'dev/dist/with-test-services.js',
  process.execPath,
  '--experimental-vm-modules',
  'node_modules/jest/bin/jest.js',
  ...process.argv.slice(2),
]);
