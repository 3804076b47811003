import { isTraced } from './tracing.js';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { INestApplication } from '@nestjs/common';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { INBOXES, natsTransportOptions } from '@tandem/messaging';
import { ClientStore, Database, MAXIMUM_WAITERS } from '@tandem/persistence';
import { traceMessages } from '@tandem/tracing';
import type { ErrorCode } from '@tandem/protocol';
import { createLogger, createWebApp, fastifyOf, serve } from '@tandem/web-server';
import type { ErrorPage } from '@tandem/web-server';
import { AppModule } from './app.module.js';
import { ConfigurationError } from '@tandem/web-server';
import { ClockCheck } from './clock-check.js';
import { readConfig } from './config.js';
import type { AuthServerConfig } from './config.js';
import { APPLICATION_FOLDER } from './folder.js';
import { allowWebOrigins } from './http/cors.js';
import { OAuthErrorFilter } from './http/oauth-error.filter.js';
import { urgencyOf } from './http/urgency.js';
import { languageFor } from './messages/index.js';
import { Pages } from './pages/pages.js';
import { loadDeclaredConfiguration, prepare } from './start-up.js';
import { isSupervisor, superviseWorkers, tellServing } from './workers.js';

const PUBLIC = join(APPLICATION_FOLDER, 'public');

/** What the framework refuses, for people. */
const errorPageOf =
  (pages: Pages): ErrorPage =>
  ({ status, error, description }, request) => {
    const problem = { status, code: error as ErrorCode, description };
    const { headers, body } = pages.error(problem, { language: languageFor(request) });
    return { headers: headers as Record<string, string>, body: body as string };
  };

/** Introspection, key set and revocations over NATS. Not awaited: a broker that is away must not keep HTTP from starting. */
function answerOverNats(app: INestApplication, { url, rpcSeedFile }: NonNullable<AuthServerConfig['nats']>): void {
  const credentials = rpcSeedFile === undefined ? {} : { seedFile: rpcSeedFile, inboxPrefix: INBOXES.rpc };
  const options = natsTransportOptions({ url, name: 'auth-server rpc', ...credentials }, 'auth-server');
  const bus = app.connectMicroservice<MicroserviceOptions>(
    { transport: Transport.NATS, options },
    { deferInitialization: isTraced },
  );
  if (isTraced) traceMessages(bus);
  void app.startAllMicroservices();
}

async function serveRequests(config: AuthServerConfig): Promise<void> {
  const declared = loadDeclaredConfiguration(config);
  const logger = createLogger('auth-server', config.logLevel);
  const { http } = config;
  const app = await createWebApp(AppModule.forRoot(config, declared), {
    errorPage: errorPageOf(new Pages(declared)),
    logger,
    trustedProxies: http.trustedProxies,
    // More than that would only wait for the database.
    admission: { most: config.database.poolSize + MAXIMUM_WAITERS, urgencyOf },
  });
  const fastify = fastifyOf(app);
  app.useGlobalFilters(new OAuthErrorFilter(logger));
  allowWebOrigins(fastify, app.get(ClientStore));
  await fastify.register(fastifyStatic, { root: PUBLIC, prefix: '/assets/', maxAge: 3_600_000 });
  await prepare(app);
  if (config.nats !== undefined) answerOverNats(app, config.nats);
  const [database, clock] = [app.get(Database), app.get(ClockCheck)];
  await serve(app, {
    ...http,
    checks: { database: () => database.ping(), clock: () => clock.agrees() },
    logger,
  });
  tellServing();
}

try {
  const config = readConfig();
  if (isSupervisor(config)) superviseWorkers(config);
  else await serveRequests(config);
} catch (error) {
  // Before there is a logger: what is wrong with the configuration is for a person to read.
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
}
