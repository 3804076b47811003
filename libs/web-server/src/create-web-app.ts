import { randomBytes } from 'node:crypto';
import { type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { FrameworkErrorFilter, MethodTable, refuse } from './framework-errors.js';
import { NestLogger } from './logging.js';
import { measureRequests } from './metrics.js';
import { refuseStrangeRequests } from './strange-requests.js';

/** Limits of the HTTP server; a slow or greedy client is cut before it costs anybody else. */
const LIMITS = {
  requestTimeout: 10_000,
  headersTimeout: 5_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  checkingInterval: 1_000,
} as const;
export const DEFAULT_BODY_LIMIT = 64 * 1_024;

export interface WebAppOptions {
  readonly logger: Logger;
  /** Addresses of the proxies whose `X-Forwarded-*` headers count; none by default. */
  readonly trustedProxies?: readonly string[];
  readonly bodyLimit?: number;
}

/** The addresses of each application, for `serve` to complete. */
export const methodTables = new WeakMap<NestFastifyApplication, MethodTable>();

/** A Nest application on Fastify with every default that could hurt replaced. Form bodies reach handlers as raw text. */
export async function createWebApp(
  module: Type | DynamicModule,
  options: WebAppOptions,
): Promise<NestFastifyApplication> {
  const { logger, trustedProxies = [], bodyLimit = DEFAULT_BODY_LIMIT } = options;
  const adapter = new FastifyAdapter({
    bodyLimit,
    requestTimeout: LIMITS.requestTimeout,
    keepAliveTimeout: LIMITS.keepAliveTimeout,
    exposeHeadRoutes: false,
    // A path that isn't even an escape: before any hook or handler of ours.
    frameworkErrors: (_error: unknown, _request: FastifyRequest, reply: FastifyReply) => refuse(reply, 400),
    genReqId: () => randomBytes(12).toString('base64url'),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    http: {
      headersTimeout: LIMITS.headersTimeout,
      maxHeaderSize: LIMITS.maxHeaderSize,
      connectionsCheckingInterval: LIMITS.checkingInterval,
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  refuseStrangeRequests(fastify);
  const errors = new FrameworkErrorFilter(logger);
  methodTables.set(app, new MethodTable(fastify));
  app.useGlobalFilters(errors);
  logRequests(fastify, logger);
  measureRequests(fastify);
  return app;
}

/** The Fastify instance beneath the application. */
export const fastifyOf = (app: NestFastifyApplication): FastifyInstance =>
  app.getHttpAdapter().getInstance() as unknown as FastifyInstance;

/** One line a request: the path without its query, since queries carry codes and hints. */
function logRequests(fastify: FastifyInstance, logger: Logger): void {
  if (!logger.isLevelEnabled('info')) return;
  fastify.addHook('onResponse', (request, reply, done) => {
    const { url } = request.raw;
    const mark = url?.indexOf('?') ?? -1;
    logger.info(
      {
        requestId: request.id,
        method: request.method,
        path: mark < 0 ? url : url?.slice(0, mark),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
    done();
  });
}
