import 'reflect-metadata';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { createLogger, createWebApp, fastifyOf, serve } from '@tandem/web-server';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';

async function main(): Promise<void> {
  const config = readConfig();
  const { http } = config;
  const logger = createLogger('sample-client', config.logLevel);
  const app = await createWebApp(AppModule.forRoot(config), { logger, trustedProxies: http.trustedProxies });
  await fastifyOf(app).register(fastifyStatic, {
    root: join(import.meta.dirname, '..', 'public'),
    prefix: '/assets/',
    maxAge: 3_600_000,
  });
  await serve(app, {
    host: http.host,
    port: http.port,
    managementPort: http.managementPort,
    shutdownGraceSeconds: http.shutdownGraceSeconds,
    exitWithParent: http.exitWithParent,
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
