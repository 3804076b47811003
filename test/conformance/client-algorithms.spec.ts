/** Every algorithm that discovery advertises for what clients sign, at every endpoint that takes it. */
import { SignJWT } from 'jose';
import { newClientKey, type ClientKey, type RegisteredClient } from './oidf/relying-party/client.js';
import { ModuleRun } from './oidf/relying-party/module-run.js';
import { withRpSite } from './oidf/relying-party/rp-site.js';
import { postAsClient, requestToken } from './oidf/relying-party/token-endpoint.js';
import { requestUserinfo } from './oidf/relying-party/userinfo.js';

const VARIANT = {
  responseType: 'code',
  responseMode: 'default',
  clientAuthentication: 'private_key_jwt',
  registration: 'dynamic',
} as const;

const TIMEOUT_MS = 60_000;

describe('algorithms of clients', () => {
  let run: ModuleRun;
  beforeEach(async () => {
    run = await ModuleRun.start(VARIANT);
  });
  afterEach(() => run.end());

  const advertised = (name: string): readonly string[] => run.provider.metadata[name] as readonly string[];

  const registerWith = (key: ClientKey, more: Readonly<Record<string, unknown>>): Promise<RegisteredClient> =>
    run.register({ jwks: { keys: [key.publicJwk] }, ...more }, key);

  it(
    'accepts client assertions with each alg at the token, introspection and revocation endpoints',
    async () => {
      const algs = advertised('token_endpoint_auth_signing_alg_values_supported');
      expect(algs).toEqual(expect.arrayContaining(['RS256', 'PS256', 'ES256']));
      expect(advertised('introspection_endpoint_auth_signing_alg_values_supported')).toEqual(algs);
      expect(advertised('revocation_endpoint_auth_signing_alg_values_supported')).toEqual(algs);
      for (const alg of algs) {
        const client = await registerWith(await newClientKey(alg), { token_endpoint_auth_signing_alg: alg });
        const { tokens } = await run.signIn(client);
        const form = { token: tokens?.access_token as string };
        const introspected = await postAsClient(run.provider, client, { endpoint: 'introspection_endpoint', form });
        expect(await introspected.json()).toMatchObject({ active: true, client_id: client.clientId });
        const revoked = await postAsClient(run.provider, client, { endpoint: 'revocation_endpoint', form });
        expect({ alg, status: revoked.status }).toEqual({ alg, status: 200 });
        expect((await requestUserinfo(run.provider, form.token)).status).toBe(401);
      }
    },
    TIMEOUT_MS,
  );

  it('refuses a client assertion with another alg than the registered one', async () => {
    const [registered, other] = [await newClientKey('ES256'), await newClientKey('RS256')];
    const client = await run.register(
      {
        jwks: { keys: [registered.publicJwk, other.publicJwk] },
        token_endpoint_auth_signing_alg: 'ES256',
      },
      registered,
    );
    const form = { grant_type: 'authorization_code', code: 'ac_unknown' };
    const refused = await requestToken(run.provider, client, form, { key: other });
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: 'invalid_client' });
    // With the registered one it is the code that is wrong.
    expect(await (await requestToken(run.provider, client, form)).json()).toMatchObject({ error: 'invalid_grant' });
  });

  const signedRequest = (request: URLSearchParams, { clientId, key }: RegisteredClient): Promise<string> =>
    new SignJWT(Object.fromEntries(request))
      .setProtectedHeader({ alg: key.publicJwk.alg as string, kid: key.kid })
      .setIssuer(clientId)
      .setAudience(run.provider.issuer)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(key.privateKey);

  /** What OAuth needs outside of the object. */
  const outside = ({ clientId }: RegisteredClient, more: Readonly<Record<string, string>>): URLSearchParams =>
    new URLSearchParams({ client_id: clientId, response_type: 'code', scope: 'openid', ...more });

  it(
    'accepts request objects with each alg, by value and by reference',
    () =>
      withRpSite(async (site) => {
        const algs = advertised('request_object_signing_alg_values_supported');
        expect(algs).toEqual(expect.arrayContaining(['RS256', 'PS256', 'ES256']));
        for (const alg of algs) {
          const path = `/request-${alg}`;
          const client = await registerWith(await newClientKey(alg), {
            token_endpoint_auth_signing_alg: alg,
            request_object_signing_alg: alg,
            request_uris: [site.address(path)],
          });
          const byValue = run.request(client);
          const object = await signedRequest(byValue, client);
          await run.complete(client, byValue, await run.authorize(outside(client, { request: object })));
          const byReference = run.request(client);
          const requestUri = site.publish(path, await signedRequest(byReference, client), 'application/jwt');
          await run.complete(client, byReference, await run.authorize(outside(client, { request_uri: requestUri })));
        }
      }),
    TIMEOUT_MS,
  );

  it('refuses a request object with another alg than the registered one', async () => {
    const [registered, other] = [await newClientKey('ES256'), await newClientKey('PS256')];
    const client = await run.register(
      {
        jwks: { keys: [registered.publicJwk, other.publicJwk] },
        request_object_signing_alg: 'ES256',
        token_endpoint_auth_signing_alg: 'ES256',
      },
      registered,
    );
    const request = run.request(client);
    request.set('request', await signedRequest(request, { ...client, key: other }));
    expect(await run.fail(client, request)).toBe('invalid_request_object');
  });
});
