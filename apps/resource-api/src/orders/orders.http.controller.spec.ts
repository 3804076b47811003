import 'reflect-metadata';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateSigningKey, jwkSet, TokenSigner, type SigningKey } from '@tandem/jwt';
import { OrderStore } from '@tandem/persistence';
import { createTestDatabase, OddCaller, oddRequests, type TestDatabase } from '@tandem/testing';
import { createLogger, createWebApp, startListening, type Listening } from '@tandem/web-server';
import fc from 'fast-check';
import { AppModule } from '../app.module.js';
import { readConfig } from '../config.js';

const ARTICLE = 'lapsang-souchong';

let database: TestDatabase;
let issuer: Server;
let issuerUrl: string;
let key: SigningKey;
let listening: Listening;
let caller: OddCaller;
let orders: OrderStore;
let orderId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  key = await generateSigningKey('ES256');
  issuer = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(jwkSet([key])));
  });
  await once(issuer.listen(0, '127.0.0.1'), 'listening');
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`;
  const config = readConfig({ DATABASE_URL: database.url, ISSUER: issuerUrl });
  const app = await createWebApp(AppModule.forRoot(config), { logger: createLogger('resource-api', 'silent') });
  listening = await startListening(app, {
    ...{ host: '127.0.0.1', port: 0, managementPort: 0, checks: {}, shutdownGraceSeconds: 0 },
  });
  caller = new OddCaller(listening.url);
  orders = app.get(OrderStore);
  orderId = (await orders.place('alice', [{ article: ARTICLE, quantity: 1 }])).id;
});
afterAll(async () => {
  caller.close();
  await listening.drain();
  issuer.close();
  issuer.closeAllConnections();
  await database.drop();
});

const paths = (): readonly string[] => ['/orders', `/orders/${orderId}`];

describe('the orders over HTTP', () => {
  it('shows them to the user whose token it is', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      ...{ iss: issuerUrl, sub: 'alice', aud: 'https://api.tandem.example/', client_id: 'app', jti: 'at_1' },
      ...{ iat: now, exp: now + 300, scope: 'read:orders' },
    };
    const authorization = `Bearer ${new TokenSigner().sign('access_token', claims, key)}`;
    for (const target of paths()) {
      const answer = await caller.send({ method: 'GET', target, headers: { authorization } });
      expect(answer).toMatchObject({ status: 200, text: expect.stringContaining(ARTICLE) as string });
    }
  });

  it('refuses everybody without a token, however the request is spelled (P23)', async () => {
    await fc.assert(
      fc.asyncProperty(oddRequests(paths()), async (request) => {
        const { status, text } = await caller.send(request);
        expect({ status, isRefused: status >= 400 && status < 500 }).toEqual({ status, isRefused: true });
        expect(text).not.toMatch(new RegExp(`${ARTICLE}|"orders"`));
      }),
    );
    expect(await orders.list('alice')).toHaveLength(1);
  });
});
