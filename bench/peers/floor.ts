/**
 * The floor: the least that a correct hybrid round can be on Fastify and PostgreSQL. No server to use: it knows two
 * clients, handles no error and hashes passwords with SHA-256, since hashing is reported apart.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse } from 'node:querystring';
import Fastify from 'fastify';
import { REDIRECT_URI } from '../load/relying-party.js';
import { FloorStore } from './floor-store.js';
import type { FloorSession } from './floor-store.js';
import { halfHash, sha256, signers } from './floor-tokens.js';
import { CLIENT, peerSettings, publicJwkOf, SECRET } from './peer-settings.js';

type Form = Readonly<Record<string, string>>;

const settings = peerSettings();
const { issuer } = settings;
const store = new FloorStore(settings.databaseUrl);
const signersOf = signers(settings);
const secretHash = hash('sha256', SECRET, 'buffer');
const clients = new Set<string>(Object.values(CLIENT));
const now = (): number => Math.floor(Date.now() / 1_000);
const random = (): string => randomBytes(32).toString('base64url');
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
const cookieOf = (header: string | undefined): string | undefined => /(?:^|; )sid=([^;]+)/.exec(header ?? '')?.[1];

const page = (action: string, fields: Form, more = ''): string =>
  `<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method="post" action="${escape(action)}">${Object.entries(
    fields,
  )
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}"/>`)
    .join('')}${more}<button>Continue</button></form></body></html>`;

function checked(query: Form): Form {
  if (!clients.has(query['client_id'] ?? '') || query['redirect_uri'] !== REDIRECT_URI) throw new Error('client');
  if (query['response_type'] !== 'code id_token' || query['code_challenge_method'] !== 'S256' || !query['nonce'])
    throw new Error('request');
  return query;
}

async function respond(query: Form, { sub, authTime, sid }: FloorSession): Promise<string> {
  const { client_id: client = '', nonce = '', state = '', code_challenge: challenge = '', resource: api = '' } = query;
  const code = random();
  await store.keepCode(sha256(code), { client, redirect: REDIRECT_URI, sub, nonce, challenge, authTime, api });
  const iat = now();
  const claims = { iss: issuer, sub, aud: client, iat, exp: iat + 3_600, auth_time: authTime, sid, nonce };
  const idToken = signersOf(client).idToken({ ...claims, c_hash: halfHash(code) });
  return page(REDIRECT_URI, { code, id_token: idToken, state, iss: issuer });
}

async function token(form: Form, authorization = ''): Promise<object> {
  const [client = '', secret = ''] = Buffer.from(authorization.slice(6), 'base64').toString().split(':');
  if (!clients.has(client) || !timingSafeEqual(hash('sha256', secret, 'buffer'), secretHash)) throw new Error('client');
  const code = await store.takeCode(sha256(form['code'] ?? ''));
  if (code?.client !== client || code.redirect !== form['redirect_uri']) throw new Error('grant');
  if (sha256(form['code_verifier'] ?? '') !== code.challenge) throw new Error('verifier');
  const { sub, api, authTime, nonce } = code;
  const iat = now();
  const times = { iat, exp: iat + 3_600 };
  const { accessToken, idToken } = signersOf(client);
  const access = accessToken({
    iss: issuer,
    sub,
    aud: api,
    client_id: client,
    scope: 'read:orders',
    jti: random(),
    ...times,
  });
  const id = idToken({
    iss: issuer,
    sub,
    aud: client,
    ...times,
    auth_time: authTime,
    nonce,
    at_hash: halfHash(access),
  });
  return { access_token: access, token_type: 'Bearer', expires_in: 3_600, scope: 'read:orders', id_token: id };
}

const bytes = (document: object): Buffer => Buffer.from(JSON.stringify(document));
const metadata = bytes({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
});
const jwks = bytes({ keys: Object.values(settings.keys).map(publicJwkOf) });

await store.prepare();
const app = Fastify();
const html = 'text/html; charset=utf-8';
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
  done(null, parse(body as string)),
);
app.get('/.well-known/openid-configuration', (_request, reply) => reply.type('application/json').send(metadata));
app.get('/jwks', (_request, reply) => reply.type('application/json').send(jwks));
app.get('/authorize', async (request, reply) => {
  const query = checked(request.query as Form);
  reply.header('cache-control', 'no-store').type(html);
  const cookie = cookieOf(request.headers.cookie);
  const session = cookie === undefined ? undefined : await store.session(sha256(cookie));
  if (session?.consents.includes(query['client_id'] as string) && query['prompt'] === undefined)
    return respond(query, session);
  return page('/login', query, '<input type="email" name="username"/><input type="password" name="password"/>');
});
app.post('/login', async (request, reply) => {
  const { username = '', password = '', ...query } = request.body as Form;
  if ((await store.passwordOf(username)) !== sha256(password)) throw new Error('password');
  const cookie = random();
  await store.keepSession(sha256(cookie), { sub: username, authTime: now(), sid: random(), consents: [] });
  reply
    .header('cache-control', 'no-store')
    .header('set-cookie', `sid=${cookie}; Path=/; HttpOnly; SameSite=Lax`)
    .type(html);
  return page('/consent', checked(query));
});
app.post('/consent', async (request, reply) => {
  const query = checked(request.body as Form);
  const hashed = sha256(cookieOf(request.headers.cookie) ?? '');
  const session = await store.session(hashed);
  if (session === undefined) throw new Error('session');
  await store.keepSession(hashed, { ...session, consents: [...session.consents, query['client_id'] as string] });
  reply.header('cache-control', 'no-store').type(html);
  return respond(query, session);
});
app.post('/token', (request, reply) => {
  reply.header('cache-control', 'no-store');
  return token(request.body as Form, request.headers.authorization);
});
await app.listen({ port: settings.port, host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
