import { createLogger, serve } from '@tandem/web-server';
import { createSampleClient } from './app.js';
import { readConfig } from './config.js';

async function main(): Promise<void> {
  const config = readConfig();
  const { http } = config;
  const logger = createLogger('sample-client', config.logLevel);
  const app = await createSampleClient(config, logger);
  await serve(app, {
    ...http,
    checks: {},
    logger,
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
