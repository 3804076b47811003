import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readiness } from './health.js';
import { metricsRegistry } from './metrics.js';

function answer(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

async function respond(
  url: string | undefined,
  response: ServerResponse,
  ready: () => Promise<Readiness>,
): Promise<void> {
  if (url === '/metrics') return answer(response, 200, await metricsRegistry.metrics(), metricsRegistry.contentType);
  if (url === '/health/live') return answer(response, 200, JSON.stringify({ status: 'up' }));
  if (url !== '/health/ready') return answer(response, 404, JSON.stringify({ error: 'not_found' }));
  const state = await ready();
  answer(response, state.status === 'up' ? 200 : 503, JSON.stringify(state));
}

/** Serves `/metrics` and `/health/*` on a listener of its own, which no proxy publishes. */
export async function serveManagement(
  host: string,
  port: number,
  ready: () => Promise<Readiness>,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'GET') return answer(response, 405, JSON.stringify({ error: 'invalid_request' }));
    respond(request.url, response, ready).catch(() => answer(response, 500, JSON.stringify({ error: 'server_error' })));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://${host}:${bound}`, server };
}
