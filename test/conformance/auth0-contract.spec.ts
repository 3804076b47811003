/** What Auth0's SDKs rely on beyond the specifications: paths, bodies and answers as they build and read them by hand. */
import { openRequest } from './oidf/relying-party/authorization.js';
import { RP_ORIGIN } from './oidf/relying-party/client.js';
import type { RegisteredClient } from './oidf/relying-party/client.js';
import { requestLogout, signInForLogout } from './oidf/relying-party/logout.js';
import type { ModuleRun } from './oidf/relying-party/module-run.js';
import { checkNobodyIsSignedIn } from './oidf/modules/sessions.js';
import { requestUserinfo } from './oidf/relying-party/userinfo.js';
import { withRun } from './with-run.js';

const STATIC = { registration: 'static' } as const;

const postJson = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Asks the provider without following what leads away from it. */
const visit = (run: ModuleRun, path: string, query: Readonly<Record<string, string>>) =>
  run.agent.open(
    `${run.provider.issuer}${path}?${new URLSearchParams(query).toString()}`,
    (target) => target.origin === RP_ORIGIN,
  );

const isSignedIn = async (run: ModuleRun, client: RegisteredClient): Promise<boolean> => {
  const request = run.request(client, { prompt: 'none' });
  return run.authorize(request).then(({ end }) => end.kind === 'redirect' && end.target.searchParams.has('code'));
};

describe('addresses', () => {
  it('has every endpoint where the SDKs build it, below an issuer that ends with a slash', () =>
    withRun(async ({ provider: { issuer, metadata } }) => {
      expect(issuer).toMatch(/^https?:\/\/[^/]+\/$/);
      expect(metadata).toMatchObject({
        issuer,
        authorization_endpoint: `${issuer}authorize`,
        token_endpoint: `${issuer}oauth/token`,
        userinfo_endpoint: `${issuer}userinfo`,
        jwks_uri: `${issuer}.well-known/jwks.json`,
        registration_endpoint: `${issuer}oidc/register`,
        revocation_endpoint: `${issuer}oauth/revoke`,
        end_session_endpoint: `${issuer}oidc/logout`,
      });
      const alias = await fetch(`${issuer}.well-known/oauth-authorization-server`);
      expect(await alias.json()).toEqual(metadata);
    }));

  it('lets pages of any origin read metadata and keys, and those of registered ones alone call the others', () =>
    withRun(async ({ provider: { metadata, issuer } }) => {
      const headers = { origin: 'https://anywhere.example' };
      for (const url of [metadata['jwks_uri'] as string, `${issuer}.well-known/openid-configuration`])
        expect((await fetch(url, { headers })).headers.get('access-control-allow-origin')).toBe('*');
      const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'auth0-client' };
      for (const name of ['token_endpoint', 'revocation_endpoint', 'userinfo_endpoint']) {
        const answer = await fetch(metadata[name] as string, {
          method: 'OPTIONS',
          headers: { ...headers, ...preflight },
        });
        expect([name, answer.headers.get('access-control-allow-origin')]).toEqual([name, null]);
      }
    }));

  it('ignores the telemetry and the parameters of the SDKs that mean nothing here', () =>
    withRun(async (run) => {
      const more = { auth0Client: 'eyJuYW1lIjoiYXV0aDAuanMifQ==', organization: 'org_1', 'ext-theme': 'dark' };
      await run.signIn(await run.register(), more);
    }));
});

describe('the token and revocation endpoints with JSON', () => {
  it('accepts a code, a refresh and a revocation with the credentials in the body', () =>
    withRun(async (run) => {
      const client = await run.register({ token_endpoint_auth_method: 'client_secret_post' });
      const { metadata } = run.provider;
      const credentials = { client_id: client.clientId, client_secret: client.secret };
      const request = run.request(client, { scope: 'openid offline_access', prompt: 'consent' });
      const code = run.readSuccess(request, await run.authorize(request)).get('code');
      const redeemed = await postJson(metadata['token_endpoint'] as string, {
        ...credentials,
        ...{ grant_type: 'authorization_code', code, redirect_uri: client.redirectUri },
      });
      expect(redeemed.status).toBe(200);
      const tokens = (await redeemed.json()) as Readonly<Record<string, unknown>>;
      expect(tokens).toMatchObject({
        token_type: 'Bearer',
        expires_in: expect.any(Number),
        id_token: expect.any(String),
      });
      const refreshed = await postJson(metadata['token_endpoint'] as string, {
        ...credentials,
        ...{ grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] },
      });
      expect(refreshed.status).toBe(200);
      const { refresh_token: latest, access_token: accessToken } = (await refreshed.json()) as Readonly<
        Record<string, string>
      >;
      const revoked = await postJson(metadata['revocation_endpoint'] as string, {
        ...credentials,
        ...{ token: latest, token_type_hint: 'refresh_token' },
      });
      expect([revoked.status, await revoked.text(), revoked.headers.get('content-type')]).toEqual([200, '', null]);
      expect((await requestUserinfo(run.provider, accessToken as string)).status).toBe(401);
    }, STATIC));

  it.each([
    ['no grant_type', {}, 400, 'invalid_request'],
    [
      'an unknown client',
      { grant_type: 'authorization_code', client_id: 'nobody', client_secret: 'x' },
      401,
      'invalid_client',
    ],
    ['a list', [], 400, 'invalid_request'],
    ['a member that is an object', { grant_type: { a: 1 } }, 400, 'invalid_request'],
  ])('refuses %s with error and error_description', (_what, body, status, error) =>
    withRun(async ({ provider: { metadata } }) => {
      const answer = await postJson(metadata['token_endpoint'] as string, body);
      expect([answer.status, await answer.json()]).toEqual([
        status,
        { error, error_description: expect.any(String) as string },
      ]);
      expect(answer.headers.get('cache-control')).toContain('no-store');
    }),
  );

  it.each([
    ['an unsupported grant type', { grant_type: 'urn:example:dance' }, 'unsupported_grant_type'],
    ['a grant type that is not registered', { grant_type: 'client_credentials' }, 'unauthorized_client'],
    ['an unknown code', { grant_type: 'authorization_code', code: 'ac_x' }, 'invalid_grant'],
    ['an unknown refresh token', { grant_type: 'refresh_token', refresh_token: 'v1.old' }, 'invalid_grant'],
    ['a missing code', { grant_type: 'authorization_code' }, 'invalid_request'],
  ])('refuses %s with 400', (_what, form, error) =>
    withRun(async (run) => {
      const client = await run.register({ token_endpoint_auth_method: 'client_secret_post' });
      const answer = await postJson(run.provider.metadata['token_endpoint'] as string, {
        ...{ client_id: client.clientId, client_secret: client.secret },
        ...form,
      });
      expect([answer.status, await answer.json()]).toMatchObject([400, { error }]);
    }, STATIC),
  );
});

describe('userinfo', () => {
  it('refuses a wrong token with 401, a challenge and the reason as JSON', () =>
    withRun(async (run) => {
      const answer = await requestUserinfo(run.provider, 'at_wrong');
      expect([answer.status, await answer.json()]).toMatchObject([401, { error: 'invalid_token' }]);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    }));
});

describe('GET /v2/logout', () => {
  it('goes to a registered returnTo at once and ends the session, federated or not', () =>
    withRun(async (run) => {
      for (const more of [{}, { federated: '' }] as readonly Readonly<Record<string, string>>[]) {
        const { client, returnTo } = await signInForLogout(run);
        const page = await visit(run, 'v2/logout', { client_id: client.clientId, returnTo, ...more });
        expect(page.location?.href).toBe(returnTo);
        await checkNobodyIsSignedIn(run, client);
      }
    }));

  it('goes to the first registered address when none is named', () =>
    withRun(async (run) => {
      const { client, returnTo } = await signInForLogout(run);
      const page = await visit(run, 'v2/logout', { client_id: client.clientId });
      expect(page.location?.href).toBe(returnTo);
    }));

  it('shows a page, and keeps the session, for an address or a client that is not registered', () =>
    withRun(async (run) => {
      const { client, returnTo } = await signInForLogout(run);
      for (const query of [
        { client_id: client.clientId, returnTo: `${returnTo}/more` },
        { client_id: 'nobody', returnTo },
        { returnTo },
      ] as readonly Readonly<Record<string, string>>[]) {
        const page = await visit(run, 'v2/logout', query);
        expect([page.status, page.location]).toEqual([400, undefined]);
      }
      expect(await isSignedIn(run, client)).toBe(true);
    }));
});

describe('/oidc/logout as Auth0 has it', () => {
  it('asks, then goes to the first registered address, when nothing but the client is named', () =>
    withRun(async (run) => {
      const { client, returnTo } = await signInForLogout(run);
      const { confirmation, target } = await requestLogout(run, { client_id: client.clientId });
      expect(confirmation).toBeDefined();
      expect(target?.href).toBe(returnTo);
      await checkNobodyIsSignedIn(run, client);
    }));

  it('goes on at once when nobody is signed in any more, to a registered address of a client that is named', () =>
    withRun(async (run) => {
      const returnTo = `${RP_ORIGIN}/bye`;
      const { clientId } = await run.register({ post_logout_redirect_uris: [returnTo] });
      const named = { client_id: clientId, post_logout_redirect_uri: returnTo };
      expect((await requestLogout(run, { ...named, state: 'st' })).target?.href).toBe(`${returnTo}?state=st`);
      const foreign = await requestLogout(run, { ...named, post_logout_redirect_uri: `${returnTo}/more` });
      expect([foreign.page.status, foreign.target]).toEqual([400, undefined]);
      const unnamed = await requestLogout(run, { post_logout_redirect_uri: returnTo });
      expect([unnamed.page.status, unnamed.target]).toEqual([200, undefined]);
    }));

  it('asks nothing when logout_hint is the sid of the session', () =>
    withRun(async (run) => {
      const { client, signedIn, returnTo } = await signInForLogout(run);
      const { confirmation, target } = await requestLogout(run, {
        client_id: client.clientId,
        logout_hint: signedIn.idToken.claims['sid'] as string,
        post_logout_redirect_uri: returnTo,
      });
      expect(confirmation).toBeUndefined();
      expect(target?.href).toBe(returnTo);
    }));

  it('asks when logout_hint is another sid, and refuses a client_id that the hint was not issued to', () =>
    withRun(async (run) => {
      const { client, signedIn, returnTo } = await signInForLogout(run);
      const asked = await requestLogout(
        run,
        { client_id: client.clientId, logout_hint: 'another', post_logout_redirect_uri: returnTo },
        { confirm: false },
      );
      expect(asked.confirmation).toBeDefined();
      const other = await run.register();
      const { page } = await requestLogout(run, {
        client_id: other.clientId,
        id_token_hint: signedIn.idToken.encoded,
        post_logout_redirect_uri: returnTo,
      });
      expect(page.status).toBe(400);
      expect(await isSignedIn(run, client)).toBe(true);
    }));

  it('accepts the request as a form, and the hint of a session that is over', () =>
    withRun(async (run) => {
      const { signedIn, returnTo } = await signInForLogout(run);
      const parameters = { id_token_hint: signedIn.idToken.encoded, post_logout_redirect_uri: returnTo, state: 'st' };
      const endpoint = run.provider.metadata['end_session_endpoint'] as string;
      const reaches = (target: URL): boolean => target.origin === RP_ORIGIN;
      const posted = await openRequest(run.agent, endpoint, new URLSearchParams(parameters), 'POST');
      expect((await run.agent.follow(posted, reaches)).location?.href).toBe(`${returnTo}?state=st`);
      // A second tab does the same: nobody is left to ask.
      expect((await requestLogout(run, parameters)).target?.href).toBe(`${returnTo}?state=st`);
    }));
});
