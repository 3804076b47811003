/** What registration answers, to the letter (OpenID Dynamic Registration §3, §4, RFC 7591 §3.2, RFC 7592 §2). */
import type { Page } from '@tandem/testing';
import {
  newClientKey,
  postRegistration,
  registerClient,
  registrationRequest,
  RP_ORIGIN,
} from './oidf/relying-party/client.js';
import type { Metadata, RegisteredClient } from './oidf/relying-party/client.js';
import { refusedRegistration } from './oidf/modules/registration.js';
import { requestToken } from './oidf/relying-party/token-endpoint.js';
import { withRun } from './with-run.js';

const manage = (
  { registration }: RegisteredClient,
  { method = 'GET', body, token }: { readonly method?: string; readonly body?: Metadata; readonly token?: string } = {},
): Promise<Response> =>
  fetch(registration['registration_client_uri'] as string, {
    method,
    headers: {
      authorization: `Bearer ${token ?? (registration['registration_access_token'] as string)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const FULL: Metadata = {
  client_name: 'Full',
  client_uri: `${RP_ORIGIN}/`,
  logo_uri: `${RP_ORIGIN}/logo.png`,
  policy_uri: `${RP_ORIGIN}/policy`,
  tos_uri: `${RP_ORIGIN}/terms`,
  contacts: ['one@rp.conformance.example', 'two@rp.conformance.example'],
  application_type: 'web',
  subject_type: 'public',
  id_token_signed_response_alg: 'ES256',
  userinfo_signed_response_alg: 'PS256',
  request_object_signing_alg: 'RS256',
  request_uris: [`${RP_ORIGIN}/request#1`],
  default_max_age: 3_600,
  require_auth_time: true,
  default_acr_values: ['urn:tandem:acr:password'],
  initiate_login_uri: `${RP_ORIGIN}/start`,
  post_logout_redirect_uris: [`${RP_ORIGIN}/bye`],
  frontchannel_logout_uri: `${RP_ORIGIN}/front?x=1`,
  frontchannel_logout_session_required: true,
  backchannel_logout_uri: `${RP_ORIGIN}/back`,
  backchannel_logout_session_required: true,
};

describe('registration', () => {
  it('tells everything that was registered, and what was added to it', () =>
    withRun(async (run) => {
      const { registration } = await run.register({ ...FULL, unknown_member: 'ignored' });
      expect(registration).toMatchObject(FULL);
      expect(registration).toMatchObject({
        client_id_issued_at: expect.any(Number) as number,
        client_secret: expect.any(String) as string,
        client_secret_expires_at: 0,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code'],
        response_types: ['code'],
      });
      expect(registration).not.toHaveProperty('unknown_member');
    }));

  it('tells the enc that goes with an encryption alg alone', () =>
    withRun(async (run) => {
      const { publicJwk } = await newClientKey();
      const recipient = { ...publicJwk, kid: 'recipient', alg: 'RSA-OAEP-256', use: 'enc' };
      const { registration } = await run.register({
        jwks: { keys: [publicJwk, recipient] },
        id_token_encrypted_response_alg: 'RSA-OAEP-256',
      });
      expect(registration).toMatchObject({ id_token_encrypted_response_enc: 'A128CBC-HS256' });
    }));

  it('tells no secret to a client that has none to keep', () =>
    withRun(async (run) => {
      const { registration } = await run.register({ token_endpoint_auth_method: 'none' });
      expect(registration).not.toHaveProperty('client_secret');
      expect(registration).not.toHaveProperty('client_secret_expires_at');
    }));

  it.each([
    ['no redirect_uris', { redirect_uris: undefined }, 'invalid_redirect_uri'],
    ['an empty list of them', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['http to another machine', { redirect_uris: ['http://rp.example/cb'] }, 'invalid_redirect_uri'],
    ['a redirect_uri that is no URL', { redirect_uris: ['callback'] }, 'invalid_redirect_uri'],
    ['a script as a redirect_uri', { redirect_uris: ['javascript:alert(1)//https://rp'] }, 'invalid_redirect_uri'],
    [
      'a redirect_uri with an iss of its own',
      { redirect_uris: [`${RP_ORIGIN}/cb?iss=https://evil.example`] },
      'invalid_redirect_uri',
    ],
    ['an unknown response type', { response_types: ['code dance'] }, 'invalid_client_metadata'],
    ['an unknown authentication method', { token_endpoint_auth_method: 'dance' }, 'invalid_client_metadata'],
    ['keys twice', { jwks_uri: `${RP_ORIGIN}/jwks` }, 'invalid_client_metadata'],
    ['private keys', { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, 'invalid_client_metadata'],
    [
      'a foreign frontchannel_logout_uri',
      { frontchannel_logout_uri: 'https://elsewhere.example/' },
      'invalid_client_metadata',
    ],
    ['encryption without a key for it', { id_token_encrypted_response_alg: 'ECDH-ES' }, 'invalid_client_metadata'],
    ['an unsigned ID token', { id_token_signed_response_alg: 'none' }, 'invalid_client_metadata'],
    ['a grant type for operators', { grant_types: ['client_credentials'] }, 'invalid_client_metadata'],
    [
      'pairwise subjects over two hosts',
      { subject_type: 'pairwise', redirect_uris: [`${RP_ORIGIN}/cb`, 'https://second.example/cb'] },
      'invalid_client_metadata',
    ],
  ])('refuses %s', (_what, changes, error) =>
    withRun(async (run) => expect(await refusedRegistration(run, changes)).toBe(error)),
  );

  it('refuses what is no JSON object', () =>
    withRun(async ({ provider }) => {
      for (const body of [[], 'text', 1, null]) {
        const answer = await postRegistration(provider, body as unknown as Metadata);
        expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_client_metadata' }]);
      }
    }));
});

it('tells the user who consents that nobody has vouched for a client, and where they will be sent', async () => {
  const consentOf = (registration: 'dynamic' | 'static'): Promise<Page> =>
    withRun(
      async (run) => {
        const { walk } = await run.signIn(await run.register(), { prompt: 'consent' });
        return walk.consentPages[0] as Page;
      },
      { registration },
    );
  const { host } = new URL(RP_ORIGIN);
  const [unknown, declared] = [await consentOf('dynamic'), await consentOf('static')];
  expect(unknown.text).toContain(`This application registered itself. Go on only if you trust ${host}.`);
  expect(declared.text).not.toContain('registered itself');
  expect(declared.text).toContain(host);
});

describe('the registration of a client', () => {
  it('can be read, without the secret that nobody keeps', () =>
    withRun(async (run) => {
      const client = await run.register(FULL);
      const answer = await manage(client);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
      const { client_secret: _once, ...rest } = client.registration;
      expect(await answer.json()).toEqual(rest);
    }));

  it('is replaced by an update: what is left out is gone, the secret stays, the token is exchanged', () =>
    withRun(async (run) => {
      // Registered past the run, which would take it away once more.
      const client = await registerClient(run.provider, run.variant, FULL);
      const body = {
        ...registrationRequest(run.variant, client.key, { redirect_uris: [client.redirectUri], client_name: 'Anew' }),
        client_id: client.clientId,
      };
      const answer = await manage(client, { method: 'PUT', body });
      expect(answer.status).toBe(200);
      const updated = (await answer.json()) as Metadata;
      expect(updated).toMatchObject({ client_id: client.clientId, client_name: 'Anew' });
      expect(updated).not.toHaveProperty('policy_uri');
      expect(updated).not.toHaveProperty('id_token_signed_response_alg', 'ES256');
      expect((await manage(client)).status).toBe(401);
      const token = updated['registration_access_token'] as string;
      expect((await manage(client, { token })).status).toBe(200);
      // The credentials are still good: it is the code that is wrong.
      const form = { grant_type: 'authorization_code', code: 'ac_x' };
      expect((await requestToken(run.provider, client, form)).status).toBe(400);
      expect((await manage(client, { method: 'DELETE', token })).status).toBe(204);
      expect((await manage(client, { token })).status).toBe(401);
      expect((await requestToken(run.provider, client, form)).status).toBe(401);
    }));

  it('refuses another client, another id, a chosen secret and a wrong token', () =>
    withRun(async (run) => {
      const [client, other] = [await run.register(), await run.register()];
      const body = registrationRequest(run.variant, client.key, { redirect_uris: [client.redirectUri] });
      for (const change of [{ client_id: other.clientId }, { client_secret: 'chosen' }]) {
        const answer = await manage(client, { method: 'PUT', body: { ...body, ...change } });
        expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_client_metadata' }]);
      }
      const foreign = other.registration['registration_access_token'] as string;
      for (const token of [foreign, 'rat_wrong']) {
        const answer = await manage(client, { token });
        expect(answer.status).toBe(401);
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
      }
    }));
});
