/** A guarded API on Express with Auth0's middleware. */
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import { PeerOrders } from './orders.js';

const { PORT, ISSUER = '', JWKS_URL = '', AUDIENCE = '', ALG = '' } = process.env;
const orders = new PeerOrders();
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/health/live', (_request, response) => void response.send('ok'));
app.get(
  '/orders',
  auth({ issuer: ISSUER, jwksUri: JWKS_URL, audience: AUDIENCE, tokenSigningAlg: ALG }),
  requiredScopes('read:orders'),
  async (request, response) => {
    response.set('cache-control', 'no-store').json(await orders.list(String(request.auth?.payload.sub)));
  },
);
app.listen(Number(PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
