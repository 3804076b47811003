import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastifyOf, methodTables } from './create-web-app.js';
import { readiness, registerHealth } from './health.js';
import type { HealthChecks } from './health.js';
import { serveManagement } from './management.js';

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** 0: no management listener. */
  readonly managementPort: number;
  readonly checks: HealthChecks;
  /** How long to go on serving while load balancers learn that this process goes; seconds. */
  readonly shutdownGraceSeconds: number;
}

/** An application that listens, until `drain` has ended it. */
export interface Listening {
  readonly url: string;
  readonly managementUrl?: string;
  readonly server: Server;
  readonly drain: () => Promise<void>;
}

const MAXIMUM_CONNECTIONS = 8_000;
/** Connections that the system holds until we take them; with fewer a crowd waits seconds for its second attempt. */
const BACKLOG = 4_096;
const IN_FLIGHT_MILLISECONDS = 10_000;
const IDLE_CHECK_MILLISECONDS = 250;

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Completes the routes and listens, on the management port too if there is one. */
export async function startListening(app: NestFastifyApplication, options: ListenOptions): Promise<Listening> {
  const { checks, host } = options;
  const fastify = fastifyOf(app);
  let draining = false;
  registerHealth(fastify, checks, () => draining);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (draining) reply.header('connection', 'close');
    done(null, payload);
  });
  await app.init();
  methodTables.get(app)?.refuseOthers();
  await app.listen({ port: options.port, host, backlog: BACKLOG });
  const server = app.getHttpServer() as Server;
  server.maxConnections = MAXIMUM_CONNECTIONS;
  const management =
    options.managementPort === 0
      ? undefined
      : await serveManagement(host, options.managementPort, () => readiness(checks, draining));
  const drain = async (): Promise<void> => {
    draining = true;
    await sleep(options.shutdownGraceSeconds * 1_000);
    await finishRequests(server);
    management?.server.close();
    management?.server.closeAllConnections();
    await app.close();
  };
  const { port } = server.address() as AddressInfo;
  const managementUrl = management === undefined ? {} : { managementUrl: management.url };
  return { url: `http://${host}:${port}`, ...managementUrl, server, drain };
}

/**
 * Takes no more connections and waits for the requests in flight. Before `app.close()`, since that ends what requests
 * stand on, pools and connections, before it ends the server.
 */
async function finishRequests(server: Server): Promise<void> {
  const closing = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MILLISECONDS);
  const cut = setTimeout(() => server.closeAllConnections(), IN_FLIGHT_MILLISECONDS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(closing);
  clearTimeout(cut);
}
