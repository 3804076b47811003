import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { AuthServerConfig } from '../config.js';
import type { DeclaredConfiguration, DeclaredConnection } from '../declared-configuration/declared-configuration.js';
import { Issuer } from '../endpoints.js';
import { OutboundClient } from '../outbound/outbound-client.js';
import { UpstreamProviders } from './upstream-providers.js';

let server: Server;
let inside: Server;
let issuer: string;
let port: number;
let asked: string[];
let status: number;
let metadata: Readonly<Record<string, string>>;
let now: number;
let providers: UpstreamProviders;
let outbound: OutboundClient;
let connection: DeclaredConnection;

beforeEach(async () => {
  [asked, status, metadata, now] = [[], 200, {}, 1_700_000_000];
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.writeHead(status, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        ...metadata,
      }),
    );
  });
  inside = createServer(({ url = '' }, response) => {
    asked.push(`inside ${url}`);
    response.end();
  });
  for (const one of [server, inside]) await once(one.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
  issuer = `http://localhost:${port}`;
  connection = {
    name: 'company',
    displayName: 'Company',
    issuer,
    clientId: 'us',
    clientSecret: 's3cret',
    tokenEndpointAuthMethod: 'client_secret_basic',
    scopes: ['openid'],
    claims: {},
    signUp: true,
    trustEmailVerified: false,
    trustedAmr: [],
  };
  outbound = new OutboundClient({ outbound: { allow: [] } } as unknown as AuthServerConfig);
  const declared = { login: { methods: ['upstream'], connections: [connection] } } as unknown as DeclaredConfiguration;
  providers = new UpstreamProviders(declared, outbound, new Issuer('https://op.example/'), { now: () => now });
});
afterEach(async () => {
  await outbound.onApplicationShutdown();
  for (const one of [server, inside]) {
    one.closeAllConnections();
    one.close();
  }
});

const attempt = { state: 'state', nonce: 'nonce', codeVerifier: 'v'.repeat(43) };
const leave = (): Promise<string> => providers.authorizationUrl(connection, attempt, { maxAgeSeconds: 60 });

it('redirects with everything that the answer is held against', async () => {
  const url = new URL(await leave());
  expect(`${url.origin}${url.pathname}`).toBe(`${issuer}/authorize`);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    client_id: 'us',
    response_type: 'code',
    redirect_uri: 'https://op.example/login/callback',
    state: 'state',
    nonce: 'nonce',
    code_challenge_method: 'S256',
    max_age: '60',
  });
  expect(url.href).not.toContain('v'.repeat(43));
});

it('asks for the metadata once, whoever wants it at the same time, and again after an hour', async () => {
  await Promise.all([leave(), leave(), leave()]);
  expect(asked).toEqual(['/.well-known/openid-configuration']);
  now += 3_599;
  await leave();
  expect(asked).toHaveLength(1);
  now += 1;
  metadata = { authorization_endpoint: `${issuer}/elsewhere` };
  expect(await leave()).toContain('/elsewhere');
  expect(asked).toHaveLength(2);
});

it('serves an old copy while the provider is away, and asks again after a minute', async () => {
  await leave();
  now += 3_600;
  status = 500;
  expect(await leave()).toContain('/authorize');
  await leave();
  expect(asked).toHaveLength(2);
  now += 60;
  status = 200;
  await leave();
  expect(asked).toHaveLength(3);
});

it('tells that a provider is away, and remembers no failure', async () => {
  status = 500;
  await expect(leave()).rejects.toMatchObject({ kind: 'unavailable' });
  status = 200;
  expect(await leave()).toContain('/authorize');
});

it('refuses metadata of another issuer, and an authorization endpoint that is no web address', async () => {
  metadata = { issuer: 'https://evil.example' };
  await expect(leave()).rejects.toMatchObject({ kind: 'failed' });
  metadata = { authorization_endpoint: 'javascript:alert(1)' };
  await expect(leave()).rejects.toMatchObject({ kind: 'failed' });
});

it('refuses to send anything to a private address that the metadata names', async () => {
  metadata = { token_endpoint: `http://127.0.0.1:${(inside.address() as AddressInfo).port}/token` };
  await leave();
  const answer = new URLSearchParams({ state: 'state', code: 'code' }).toString();
  await expect(providers.redeem(connection, answer, attempt)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(asked).toEqual(['/.well-known/openid-configuration']);
});
