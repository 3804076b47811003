import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createWebApp, fastifyOf, pageHeaders } from '@tandem/web-server';
import type { WebAppOptions } from '@tandem/web-server';
import { AppModule } from './app.module.js';
import type { SampleClientConfig } from './config.js';
import { APPLICATION_FOLDER } from './folder.js';
import { renderPage } from './pages.js';

const PUBLIC = join(APPLICATION_FOLDER, 'public');

/** The application, ready to listen. */
export async function createSampleClient(
  config: SampleClientConfig,
  logger: WebAppOptions['logger'],
): Promise<NestFastifyApplication> {
  const app = await createWebApp(AppModule.forRoot(config), {
    logger,
    trustedProxies: config.http.trustedProxies,
    errorPage: ({ status, description }) => ({
      headers: pageHeaders(),
      body: renderPage('problem', { title: `This did not work (${status})`, explanation: `${description}.` }),
    }),
  });
  await fastifyOf(app).register(fastifyStatic, { root: PUBLIC, prefix: '/assets/', maxAge: 3_600_000 });
  return app;
}
