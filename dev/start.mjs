/** `npm start`: installs, builds, then runs the demo system until Ctrl-C. */
import { bootstrap } from './bootstrap.mjs';

await bootstrap();
await import('./dist/start.js');
