import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { fastifyOf, methodTables } from './create-web-app.js';
import { registerHealth } from './health.js';
import type { HealthCheck } from './health.js';
import { serveMetrics } from './metrics.js';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  /** 0: no metrics listener. */
  readonly managementPort: number;
  readonly checks: Readonly<Record<string, HealthCheck>>;
  /** How long to go on serving after SIGTERM while load balancers learn of it; seconds. */
  readonly shutdownGraceSeconds: number;
  /** Whether to end when standard input closes: then a starter that dies leaves nothing behind. */
  readonly exitWithParent: boolean;
  readonly logger: Logger;
}

const MAXIMUM_CONNECTIONS = 8_000;
const IN_FLIGHT_MILLISECONDS = 10_000;

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Listens until told to stop, then drains: not ready at once, still serving for the grace time, then done with what is in flight. */
export async function serve(app: NestFastifyApplication, options: ServeOptions): Promise<void> {
  const { logger } = options;
  const fastify = fastifyOf(app);
  let draining = false;
  registerHealth(fastify, options.checks, () => draining);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (draining) reply.header('connection', 'close');
    done(null, payload);
  });
  await app.init();
  methodTables.get(app)?.refuseOthers();
  await app.listen(options.port, options.host);
  const server = app.getHttpServer() as Server;
  server.maxConnections = MAXIMUM_CONNECTIONS;
  const metrics = options.managementPort === 0 ? undefined : await serveMetrics(options.host, options.managementPort);
  const { port } = server.address() as AddressInfo;
  // The one line that starters wait for, so it is there at every level.
  const line = logger.child({}, { level: 'info' });
  line.info(
    { url: `http://${options.host}:${port}`, ...(metrics === undefined ? {} : { managementUrl: metrics.url }) },
    'listening',
  );

  const stop = async (reason: string): Promise<void> => {
    if (draining) return;
    draining = true;
    logger.info({ reason }, 'shutting down');
    await sleep(options.shutdownGraceSeconds * 1_000);
    const closing = setInterval(() => server.closeIdleConnections(), 250);
    const cut = setTimeout(() => server.closeAllConnections(), IN_FLIGHT_MILLISECONDS);
    metrics?.server.close();
    server.closeIdleConnections();
    await app.close();
    clearInterval(closing);
    clearTimeout(cut);
    process.exit(0);
  };
  const stopAndReport = (reason: string): void => {
    stop(reason).catch((error: unknown) => {
      logger.error({ err: error }, 'the shutdown failed');
      process.exit(1);
    });
  };
  process.once('SIGTERM', () => stopAndReport('SIGTERM'));
  process.once('SIGINT', () => stopAndReport('SIGINT'));
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
  if (options.exitWithParent) {
    process.stdin.resume();
    process.stdin.once('end', () => stopAndReport('the parent is gone'));
    process.stdin.once('error', () => stopAndReport('the parent is gone'));
  }
}
