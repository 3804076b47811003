import { UserStore } from '@tandem/persistence';
import fc from 'fast-check';
import * as oauth from 'oauth4webapi';
import { authorize } from '../authorized.spec-support.js';
import { CALLBACK } from '../kept-code.spec-support.js';
import { ISSUER, post, signIn, startApp, type RunningApp } from '../running-app.spec-support.js';

const API_ALGS = ['RS256', 'PS256', 'ES256'];
const CLIENT_ALGS = [...API_ALGS, 'EdDSA'];
const apiOf = (alg: string): string => `https://${alg.toLowerCase()}.example/`;
const AUDIENCES = API_ALGS.map(apiOf);
const DECLARED = `
apis:
${API_ALGS.map((alg) => `  - { identifier: ${apiOf(alg)}, scopes: { read: Read }, signing_alg: ${alg}, allow_offline_access: true }`).join('\n')}
clients:
${CLIENT_ALGS.map(
  (alg) => `
  - { client_id: ${alg}, client_secret: s3cret, token_endpoint_auth_method: client_secret_post, redirect_uris: [${CALLBACK}],
      response_types: [code, id_token, code id_token, code token, id_token token, code id_token token],
      grant_types: [authorization_code, implicit, refresh_token, client_credentials], id_token_signed_response_alg: ${alg},
      audiences: [${AUDIENCES.join(', ')}], skip_consent: true }`,
).join('')}
users: [{ email: alice@example.com, claims: { name: Alice } }]
`;

let running: RunningApp;
let cookie: string;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  running = await startApp(DECLARED);
  const userId = (await running.app.get(UserStore).findByEmail('alice@example.com'))?.user.userId as string;
  ({ cookie } = await signIn(running, { userId, amr: ['pwd'] }));
  const metadata = (await (await fetch(`${running.url}/.well-known/openid-configuration`)).json()) as {
    readonly jwks_uri: string;
  };
  server = { issuer: ISSUER, jwks_uri: metadata.jwks_uri.replace(ISSUER, `${running.url}/`) };
});
afterAll(() => running.close());

const keys = { [oauth.allowInsecureRequests]: true, [oauth.jwksCache]: {} } as const;
const partOf = (jwt: string, index: 0 | 1): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;

function expectLife(jwt: string): void {
  const { iat, exp } = partOf(jwt, 1) as { readonly iat: number; readonly exp: number };
  expect(exp).toBeGreaterThan(iat);
}

async function expectIdToken(jwt: string, alg: string): Promise<void> {
  const client = { client_id: alg, id_token_signed_response_alg: alg };
  const response = Response.json({ access_token: 'none', token_type: 'Bearer', id_token: jwt });
  await oauth.processGenericTokenEndpointResponse(server, client, response);
  await oauth.validateApplicationLevelSignature(server, response, keys);
  expectLife(jwt);
  expect(partOf(jwt, 0)).toMatchObject({ alg, typ: 'JWT' });
  expect(partOf(jwt, 1)).toMatchObject({ iss: ISSUER, aud: alg });
}

async function expectAccessToken(jwt: string, clientId: string, audience: string): Promise<void> {
  const request = new Request(audience, { headers: { authorization: `Bearer ${jwt}` } });
  const claims = await oauth.validateJwtAccessToken(server, request, audience, keys);
  expectLife(jwt);
  expect(partOf(jwt, 0)).toMatchObject({ alg: API_ALGS[AUDIENCES.indexOf(audience)], typ: 'at+jwt' });
  expect(claims).toMatchObject({ iss: ISSUER, client_id: clientId });
}

describe('every token that is issued', () => {
  const asked = fc.record({
    response_type: fc.constantFrom(
      'code',
      'id_token',
      'code id_token',
      'code token',
      'id_token token',
      'code id_token token',
    ),
    scope: fc
      .shuffledSubarray(['profile', 'email', 'read', 'offline_access'])
      .map((words) => ['openid', ...words].join(' ')),
    nonce: fc.uuid(),
    response_mode: fc.constantFrom('fragment', 'form_post'),
  });
  // RSA takes most of the time, so it comes up less often.
  const isCheap = (alg: string): boolean => alg === 'ES256' || alg === 'EdDSA';
  const algOf = (algs: readonly string[]): fc.Arbitrary<string> =>
    fc.constantFrom(...algs.flatMap((alg) => (isCheap(alg) ? [alg, alg, alg] : [alg])));
  const audiences = fc.option(algOf(API_ALGS).map(apiOf), { nil: undefined });

  it('is accepted by another library with the published keys, for its audience and type, and has a jti of its own', async () => {
    const seen = new Set<unknown>();
    const expectTokens = async (
      sent: Readonly<Record<string, string>>,
      alg: string,
      audience?: string,
    ): Promise<void> => {
      const { id_token: idToken, access_token: accessToken } = sent;
      if (idToken !== undefined) await expectIdToken(idToken, alg);
      if (accessToken === undefined) return;
      expect(seen.has(accessToken)).toBe(false);
      seen.add(accessToken);
      if (audience === undefined) return;
      await expectAccessToken(accessToken, alg, audience);
      const { jti } = partOf(accessToken, 1);
      expect(seen.has(jti)).toBe(false);
      seen.add(jti);
    };
    await fc.assert(
      fc.asyncProperty(algOf(CLIENT_ALGS), audiences, asked, async (alg, audience, parameters) => {
        const target: Readonly<Record<string, string>> = audience === undefined ? {} : { audience };
        const identity = { client_id: alg, client_secret: 's3cret' };
        const to = { client_id: alg, redirect_uri: CALLBACK };
        const { place, sent } = await authorize(running, cookie, { ...to, ...parameters, ...target });
        expect(place).toBe(CALLBACK);
        await expectTokens(sent, alg, audience);
        if (sent['code'] === undefined) {
          const form = { grant_type: 'client_credentials', audience: AUDIENCES[0] as string, ...target, ...identity };
          return expectTokens((await post(running, 'oauth/token', form)).sent, alg, form.audience);
        }
        const redeem = { grant_type: 'authorization_code', code: sent['code'], redirect_uri: CALLBACK, ...identity };
        const back = await post(running, 'oauth/token', redeem);
        expect(back.sent['id_token']).toBeDefined();
        await expectTokens(back.sent, alg, audience);
        const { refresh_token: refreshToken } = back.sent;
        if (refreshToken === undefined) return;
        const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken, ...identity };
        await expectTokens((await post(running, 'oauth/token', refresh)).sent, alg, audience);
      }),
    );
    expect(seen.size).toBeGreaterThan(0);
  });
});
