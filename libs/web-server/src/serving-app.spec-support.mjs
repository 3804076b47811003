/** A process that serves: what `serve.spec.ts` starts and stops. Plain JavaScript, since no jest compiles it; it needs the build. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { createLogger, createWebApp, fastifyOf, serve } from '@tandem/web-server';

const logger = createLogger('serving', 'info');

/** Stands for a pool that requests use: it says when it ends. */
class Pool {
  onModuleDestroy() {
    logger.info('pool ended');
  }
}

class ServingModule {}
Module({ providers: [Pool] })(ServingModule);

const app = await createWebApp(ServingModule, { logger });
fastifyOf(app).get('/slow', async () => {
  logger.info('slow request came');
  await new Promise((resolve) => setTimeout(resolve, 700));
  logger.info('slow request done');
  return 'slow but whole';
});
fastifyOf(app).get('/rejecting', async () => {
  void Promise.reject(new Error('nobody waits for this'));
  return 'sent';
});
await serve(app, {
  host: '127.0.0.1',
  port: 0,
  managementPort: 0,
  checks: {},
  shutdownGraceSeconds: 0,
  exitWithParent: process.argv.includes('--parent-watch'),
  logger,
});
