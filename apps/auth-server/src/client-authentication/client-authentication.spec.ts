import { generateKeyPairSync, sign, type JsonWebKey } from 'node:crypto';
import { basicOf, FORM, startApp, type RunningApp } from '../running-app.spec-support.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x, y } = publicKey.export({ format: 'jwk' }) as JsonWebKey & { x: string; y: string };
const SERVICE = 'grant_types: [client_credentials], response_types: [], audiences: [https://api.example/]';
const DECLARED = `
apis: [{ identifier: https://api.example/, scopes: { read: Read } }]
clients:
  - { client_id: basic, client_secret: s3cret, ${SERVICE} }
  - { client_id: post, client_secret: s3cret, token_endpoint_auth_method: client_secret_post, ${SERVICE} }
  - { client_id: keyed, token_endpoint_auth_method: private_key_jwt, token_endpoint_auth_signing_alg: ES256,
      jwks: { keys: [{ kty: EC, crv: P-256, x: ${x}, y: ${y} }] }, ${SERVICE} }
  - { client_id: strict, profile: fapi2, token_endpoint_auth_method: private_key_jwt,
      jwks: { keys: [{ kty: EC, crv: P-256, x: ${x}, y: ${y} }] }, ${SERVICE} }
`;
const ISSUER = 'https://op.example/';
const TOKEN_URL = `${ISSUER}oauth/token`;

let running: RunningApp;
beforeAll(async () => {
  running = await startApp(DECLARED);
});
afterAll(() => running.close());

type Form = Readonly<Record<string, string>>;
const GRANT = { grant_type: 'client_credentials', audience: 'https://api.example/' };
const call = (form: Form, headers: Form = {}): Promise<Response> =>
  fetch(`${running.url}/oauth/token`, {
    method: 'POST',
    headers: { ...FORM, ...headers },
    body: new URLSearchParams({ ...GRANT, ...form }).toString(),
  });
async function outcome(form: Form, headers: Form = {}): Promise<string> {
  const response = await call(form, headers);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { error } = (await response.json()) as { error?: string };
  return error === undefined ? String(response.status) : `${response.status} ${error}`;
}

const now = (): number => Math.floor(Date.now() / 1_000);
let serial = 0;
function assertionOf(claims: object = {}, header: object = {}, clientId = 'keyed'): string {
  serial += 1;
  const payload = { iss: clientId, sub: clientId, aud: TOKEN_URL, exp: now() + 60, jti: `jti_${serial}`, ...claims };
  const input = [{ alg: 'ES256', ...header }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const asserted = (claims?: object, header?: object, clientId?: string): Form => ({
  client_assertion_type: ASSERTION,
  client_assertion: assertionOf(claims, header, clientId),
});

describe('client authentication at the token endpoint', () => {
  it('accepts each method of the client that registered it', async () => {
    expect(await outcome({}, { authorization: basicOf('basic', 's3cret') })).toBe('200');
    expect(await outcome({ client_id: 'post', client_secret: 's3cret' })).toBe('200');
    expect(await outcome(asserted())).toBe('200');
    expect(await outcome({ ...asserted(), client_id: 'keyed' })).toBe('200');
  });

  it('refuses with 401, and says how to authenticate', async () => {
    const response = await call({}, { authorization: basicOf('basic', 'wrong') });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it.each([
    ['nothing', {}, {}],
    ['a name alone', { client_id: 'basic' }, {}],
    ['a wrong secret', {}, { authorization: basicOf('basic', 'wrong') }],
    ['an empty secret', {}, { authorization: basicOf('basic', '') }],
    ['an unknown client', {}, { authorization: basicOf('nobody', 's3cret') }],
    ['the secret by another method than registered', { client_id: 'basic', client_secret: 's3cret' }, {}],
    ['a secret of a client that has a key', {}, { authorization: basicOf('keyed', 's3cret') }],
    ['another name in the body', { client_id: 'post' }, { authorization: basicOf('basic', 's3cret') }],
    ['NUL in the name', {}, { authorization: basicOf('%00', 'x') }],
    ['raw NUL in the name', {}, { authorization: basicOf('a\0b', 'x') }],
    ['a name of 3000 characters', {}, { authorization: basicOf('a'.repeat(3_000), 'x') }],
    ['a scheme that is not offered', {}, { authorization: 'Bearer abc' }],
  ])('refuses %s', async (_what, form, headers) => {
    expect(await outcome(form, headers)).toBe('401 invalid_client');
  });

  it('refuses two methods at once', async () => {
    const both = { client_id: 'basic', client_secret: 's3cret' };
    expect(await outcome(both, { authorization: basicOf('basic', 's3cret') })).toBe('400 invalid_request');
    expect(await outcome(asserted(), { authorization: basicOf('basic', 's3cret') })).toBe('400 invalid_request');
  });

  it('refuses a disabled client', async () => {
    const { ClientStore } = await import('@tandem/persistence');
    await running.app.get(ClientStore).disable('post', now());
    expect(await outcome({ client_id: 'post', client_secret: 's3cret' })).toBe('401 invalid_client');
  });
});

describe('an assertion', () => {
  it.each([
    ['the endpoint', TOKEN_URL],
    ['the issuer', ISSUER],
    ['the issuer without its slash', ISSUER.slice(0, -1)],
    ['several that are all ours', [ISSUER, TOKEN_URL]],
  ])('accepts as audience %s', async (_what, aud) => {
    expect(await outcome(asserted({ aud }))).toBe('200');
  });

  it.each([
    ['a foreign audience', { aud: 'https://evil.example/' }],
    ['a foreign audience beside ours', { aud: [ISSUER, 'https://evil.example/'] }],
    ['no audience', { aud: [] }],
    ['a number as audience', { aud: 5 }],
    ['no jti', { jti: undefined }],
    ['NUL in jti', { jti: 'a\0b' }],
    ['half a surrogate pair in jti', { jti: '\uD800' }],
    ['another subject', { sub: 'basic' }],
    ['another issuer', { iss: 'basic' }],
    ['NUL in the subject', { sub: 'a\0b' }],
    ['a long life', { exp: now() + 3_600 }],
    ['an endless life', { exp: Number('1e308') }],
    ['a life that is over', { exp: now() - 300 }],
    ['a beginning far ahead', { nbf: now() + 61 }],
  ])('refuses %s', async (_what, claims) => {
    expect(await outcome(asserted(claims))).toBe('401 invalid_client');
  });

  it.each([
    [{ alg: 'none' }],
    [{ alg: 'HS256' }],
    [{ alg: 'RS256' }],
    [{ crit: ['x'] }],
    [{ b64: false }],
    [{ jku: 'https://evil.example/' }],
    [{ kid: '../../x' }],
  ])('refuses the header %j', async (header) => {
    expect(await outcome(asserted({}, header))).toBe('401 invalid_client');
  });

  it('accepts the issuer as plain text only, of a client with the strict profile', async () => {
    expect(await outcome(asserted({ aud: ISSUER }, {}, 'strict'))).toBe('200');
    expect(await outcome(asserted({ aud: [ISSUER] }, {}, 'strict'))).toBe('401 invalid_client');
    expect(await outcome(asserted({ aud: TOKEN_URL }, {}, 'strict'))).toBe('401 invalid_client');
  });

  it('accepts one of 20 uses at once', async () => {
    const once = asserted();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(once)));
    expect(outcomes.filter((each) => each === '200')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['200', '401 invalid_client']));
  });

  it('refuses another type of assertion', async () => {
    expect(await outcome({ ...asserted(), client_assertion_type: 'urn:other' })).toBe('401 invalid_client');
    expect(await outcome({ client_assertion_type: ASSERTION })).toBe('401 invalid_client');
    expect(await outcome({ client_assertion_type: ASSERTION, client_assertion: 'x.y.z' })).toBe('401 invalid_client');
  });
});
