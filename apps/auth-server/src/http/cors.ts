import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ClientStore } from '@tandem/persistence';
import { ENDPOINTS } from '../endpoints.js';

/** Endpoints that single-page applications call from their own origin; never the pages and never /authorize. */
const CALLED_FROM_PAGES = new Set(
  [ENDPOINTS.token, ENDPOINTS.userinfo, ENDPOINTS.revocation].map((path) => `/${path}`),
);

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'Authorization, Content-Type, DPoP, Auth0-Client',
  'access-control-max-age': '600',
} as const;

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '';

/**
 * Lets the origins that clients registered as `web_origins` call those endpoints (RFC 9700 §2.6). An origin is never
 * reflected unless it is registered; `null` never is.
 */
export function allowWebOrigins(fastify: FastifyInstance, clients: Pick<ClientStore, 'isWebOrigin'>): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || !CALLED_FROM_PAGES.has(pathOf(request)) || !(await clients.isWebOrigin(origin))) return;
    reply
      .header('access-control-allow-origin', origin)
      .header('vary', 'Origin')
      .header('access-control-expose-headers', 'DPoP-Nonce, WWW-Authenticate');
    reply.header('access-control-allow-credentials', 'true');
  });
  for (const url of CALLED_FROM_PAGES) fastify.route({ method: 'OPTIONS', url, handler: preflight });
}

function preflight(_request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers(PREFLIGHT).status(204).send();
}
