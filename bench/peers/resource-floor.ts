/** The floor of a guarded API: verified tokens are remembered until they expire. It misses most of what a guard must do. */
import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import Fastify from 'fastify';
import { PeerOrders } from './orders.js';

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly scope?: string;
}

const { PORT, ISSUER, JWKS_URL = '', AUDIENCE = '', ALG } = process.env;
const orders = new PeerOrders();
const keys = new Map<string, KeyObject>();
const verified = new Map<string, Claims>();
const json = (segment: string): unknown => JSON.parse(Buffer.from(segment, 'base64url').toString());

async function keyOf(kid: string): Promise<KeyObject | undefined> {
  if (!keys.has(kid)) {
    const answer = (await (await fetch(JWKS_URL)).json()) as {
      readonly keys: readonly (JsonWebKey & { kid: string })[];
    };
    for (const jwk of answer.keys) keys.set(jwk.kid, createPublicKey({ key: jwk, format: 'jwk' }));
  }
  return keys.get(kid);
}

async function claimsOf(token: string): Promise<Claims | undefined> {
  const known = verified.get(token);
  if (known !== undefined) return known;
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { alg, typ, kid } = json(header) as Readonly<Record<string, string>>;
  const key = alg === ALG && typ === 'at+jwt' ? await keyOf(kid ?? '') : undefined;
  if (key === undefined) return undefined;
  const input = Buffer.from(`${header}.${payload}`);
  const form = ALG === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
  if (!verify('sha256', input, form, Buffer.from(signature, 'base64url'))) return undefined;
  const claims = json(payload) as Claims;
  verified.set(token, claims);
  return claims;
}

const app = Fastify();
app.get('/health/live', () => 'ok');
app.get('/orders', async (request, reply) => {
  const claims = await claimsOf(request.headers.authorization?.slice(7) ?? '');
  const forUs = claims?.iss === ISSUER && [claims?.aud].flat().includes(AUDIENCE);
  if (claims === undefined || !forUs || claims.exp <= Date.now() / 1_000)
    return reply.code(401).send({ error: 'invalid_token' });
  if (claims.scope?.split(' ').includes('read:orders') !== true)
    return reply.code(403).send({ error: 'insufficient_scope' });
  reply.header('cache-control', 'no-store');
  return orders.list(claims.sub);
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
