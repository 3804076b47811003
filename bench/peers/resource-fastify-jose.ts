/** A guarded API as one would write it with Fastify and jose. */
import Fastify from 'fastify';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { PeerOrders } from './orders.js';

const { PORT, ISSUER = '', JWKS_URL = '', AUDIENCE = '', ALG = '' } = process.env;
const jwks = createRemoteJWKSet(new URL(JWKS_URL));
const orders = new PeerOrders();
const app = Fastify();
app.get('/health/live', () => 'ok');
app.get('/orders', async (request, reply) => {
  const { authorization } = request.headers;
  if (authorization?.startsWith('Bearer ') !== true) return reply.code(401).send({ error: 'invalid_token' });
  let payload: JWTPayload & { readonly scope?: string };
  try {
    const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: [ALG], typ: 'at+jwt' };
    ({ payload } = await jwtVerify(authorization.slice(7), jwks, options));
  } catch {
    return reply.code(401).send({ error: 'invalid_token' });
  }
  if (payload.scope?.split(' ').includes('read:orders') !== true)
    return reply.code(403).send({ error: 'insufficient_scope' });
  reply.header('cache-control', 'no-store');
  return orders.list(String(payload.sub));
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
