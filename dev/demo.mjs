/** `npm run demo`: signs in through the hybrid flow step by step, explained on the terminal. */
import { bootstrap, run } from './bootstrap.mjs';

await bootstrap();
process.exitCode = await run(process.execPath, ['apps/sample-client/dist/demo.js', ...process.argv.slice(2)]);
