import 'reflect-metadata';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClientStore } from '@tandem/persistence';
import { AppModule } from './app.module.js';
import { readConfig } from './config.js';
import { allowWebOrigins } from './http/cors.js';
import { OAuthErrorFilter } from './http/oauth-error.filter.js';
import { loadDeclaredConfiguration, prepare } from './start-up.js';

const config = readConfig();
const declared = loadDeclaredConfiguration(config);
const adapter = new FastifyAdapter({});
const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, declared), adapter, {
  bodyParser: false,
});
const fastify = adapter.getInstance();
fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_r, body, done) =>
  done(null, body),
);
allowWebOrigins(fastify as never, app.get(ClientStore));
app.useGlobalFilters(new OAuthErrorFilter());
await app.register(
  fastifyStatic as never,
  { root: join(import.meta.dirname, '..', 'public'), prefix: '/assets/' } as never,
);
await prepare(app);
await app.listen(config.http.port, config.http.host);
console.log(JSON.stringify({ msg: 'listening', url: `http://${config.http.host}:${config.http.port}` }));
