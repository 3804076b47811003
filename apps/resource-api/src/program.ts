import { isTraced } from './tracing.js';
import type { INestApplication } from '@nestjs/common';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { INBOXES, natsTransportOptions } from '@tandem/messaging';
import { Database } from '@tandem/persistence';
import { RevocationListener } from '@tandem/resource-server';
import { traceMessages } from '@tandem/tracing';
import { createLogger, createWebApp, serve } from '@tandem/web-server';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';
import type { ResourceApiConfig } from './config.js';

/** The handlers over NATS. Not awaited: a broker that is away must not keep HTTP from starting. */
function answerOverNats(
  app: INestApplication,
  logger: ReturnType<typeof createLogger>,
  { url, instance, seedFile }: NonNullable<ResourceApiConfig['nats']>,
): void {
  const credentials = seedFile === undefined ? {} : { seedFile, inboxPrefix: INBOXES.resourceServer(instance) };
  const options = natsTransportOptions({ url, name: `resource-api ${instance}`, ...credentials }, 'resource-api');
  const transport = { transport: Transport.NATS as const, options };
  const bus = app.connectMicroservice<MicroserviceOptions>(transport, {
    inheritAppConfig: false,
    deferInitialization: isTraced,
  });
  if (isTraced) traceMessages(bus);
  app
    .startAllMicroservices()
    .catch((error: unknown) => logger.error({ cause: String(error) }, 'calls over NATS can not be answered'));
}

async function main(): Promise<void> {
  const config = readConfig();
  const { http } = config;
  const logger = createLogger('resource-api', config.logLevel);
  const app = await createWebApp(AppModule.forRoot(config), { logger, trustedProxies: http.trustedProxies });
  if (config.nats !== undefined) answerOverNats(app, logger, config.nats);
  const database = app.get(Database);
  const revocations = app.get(RevocationListener);
  await serve(app, {
    ...http,
    checks: { database: () => database.ping(), revocations: () => revocations.isReady },
    logger,
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
