import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { admitRequests } from './admission.js';
import type { AdmissionOptions } from './admission.js';
import { answerClientError } from './client-errors.js';
import { FrameworkErrorFilter, statusOf } from './framework-errors.js';
import { NestLogger, requestLine } from './logging.js';
import { MethodTable } from './method-table.js';
import { measureRequests } from './metrics.js';
import { refuse, setErrorPage } from './refusal.js';
import type { ErrorPage } from './refusal.js';
import { requestIds } from './request-id.js';
import { refuseStrangeRequests, takeForms } from './strange-requests.js';

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
  /** Addresses of the proxies whose `X-Forwarded-*` and `X-Request-Id` headers count, as CIDR; none by default. */
  readonly trustedProxies?: readonly string[];
  readonly bodyLimit?: number;
  /** The page for a person who met a 404 and the like; a plain one by default. */
  readonly errorPage?: ErrorPage;
  /** What is sent away when there are more requests than can be answered; nothing by default. */
  readonly admission?: AdmissionOptions;
}

/** The addresses of each application, for the listener to complete. */
export const methodTables = new WeakMap<NestFastifyApplication, MethodTable>();

/** A Nest application on Fastify with every default that could hurt replaced. Form bodies reach handlers as raw text. */
export async function createWebApp(
  module: Type | DynamicModule,
  options: WebAppOptions,
): Promise<NestFastifyApplication> {
  const { logger } = options;
  const adapter = adapterFor(options);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  setErrorPage(fastify, options.errorPage);
  fastify.removeContentTypeParser('text/plain');
  takeForms(fastify);
  refuseStrangeRequests(fastify);
  methodTables.set(app, new MethodTable(fastify));
  app.useGlobalFilters(new FrameworkErrorFilter(logger));
  const writeLine = requestLine(logger);
  if (writeLine !== undefined)
    fastify.addHook('onResponse', (request, reply, done) => {
      writeLine(request, reply);
      done();
    });
  measureRequests(fastify);
  if (options.admission !== undefined) admitRequests(fastify.server, options.admission);
  return app;
}

/** The Fastify instance beneath the application. */
export const fastifyOf = (app: NestFastifyApplication): FastifyInstance =>
  app.getHttpAdapter().getInstance() as unknown as FastifyInstance;

function adapterFor({ logger, trustedProxies = [], bodyLimit = DEFAULT_BODY_LIMIT }: WebAppOptions): FastifyAdapter {
  const writeLine = requestLine(logger);
  return new FastifyAdapter({
    bodyLimit,
    // Nothing here is middleware, and an empty chain of it would cost every request its turn.
    skipMiddie: true,
    requestTimeout: LIMITS.requestTimeout,
    keepAliveTimeout: LIMITS.keepAliveTimeout,
    exposeHeadRoutes: false,
    clientErrorHandler: answerClientError,
    // A path that isn't even an escape: before any hook or handler of ours.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      refuse(reply, statusOf(error));
      writeLine?.(request, reply);
    },
    genReqId: requestIds(trustedProxies),
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    http: {
      headersTimeout: LIMITS.headersTimeout,
      maxHeaderSize: LIMITS.maxHeaderSize,
      connectionsCheckingInterval: LIMITS.checkingInterval,
    },
  });
}
