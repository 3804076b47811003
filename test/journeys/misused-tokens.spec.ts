import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';

type Fields = Readonly<Record<string, string>>;

const OFFLINE = 'openid offline_access read:orders';
const SECRET = 'a-secret-of-nobody-else-0123456789';
const OTHER_API = `
  - { identifier: https://other.example/, name: Another API, scopes: { read:orders: Read } }`;
const OTHER_CLIENTS = (callback: string): string => `
  - client_id: other-web
    client_secret: ${SECRET}
    token_endpoint_auth_method: client_secret_basic
    redirect_uris: [${callback}]
    response_types: [code]
    grant_types: [authorization_code, refresh_token]
    audiences: [https://api.tandem.example/]
  - client_id: other-api
    client_secret: ${SECRET}
    token_endpoint_auth_method: client_secret_basic
    grant_types: [client_credentials]
    response_types: []
    introspection_audience: https://other.example/`;

const basic = (clientId: string, secret = SECRET): string =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
const OTHER_WEB = basic('other-web');
const OTHER_RESOURCE_SERVER = basic('other-api');
const RESOURCE_SERVER = basic('demo-api', 'demo-api-secret-please-change-0001');

/** The same token for a loose decoder: the last bit of its last character is not part of the signature. */
const respelledEnd = (token: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) as string) ^ 1];
};

describe('codes and tokens in wrong hands or places', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const config = demoConfiguration(url)
      .replace('apis:', `apis:${OTHER_API}`)
      .replace('clients:', `clients:${OTHER_CLIENTS(`${url}/callback`)}`);
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'], config, ports: { 'sample-client': port } });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  const post = (path: string, fields: Fields, authorization?: string): Promise<Response> =>
    fetch(`${tandem.issuer}${path}`, {
      method: 'POST',
      headers: authorization === undefined ? {} : { authorization },
      body: new URLSearchParams(fields),
    });
  const bearer = (url: string, token: string): Promise<Response> =>
    fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const userinfo = (token: string): Promise<Response> => bearer(`${tandem.issuer}userinfo`, token);
  const orders = (token: string): Promise<Response> => bearer(`${tandem.resourceApiUrl}/orders`, token);
  const introspect = async (token: string, authorization: string): Promise<unknown> =>
    (await post('oauth/introspect', { token }, authorization)).json();

  async function expectTokenError(answer: Response, status: number, error: string): Promise<void> {
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([status, error]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }
  async function expectInvalidToken(answer: Response): Promise<void> {
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    await answer.text();
  }

  it('refuse a code the second time, and everything that the first time gave', async () => {
    const client = new DemoClient(tandem);
    const { code } = await client.signIn({ scope: OFFLINE });
    const tokens = (await (await client.exchange(code as string)).json()) as Fields;
    const [accessToken, refreshToken] = [tokens['access_token'] as string, tokens['refresh_token'] as string];
    expect(await introspect(accessToken, RESOURCE_SERVER)).toMatchObject({ active: true });
    await expectTokenError(await client.exchange(code as string), 400, 'invalid_grant');
    expect(await introspect(accessToken, RESOURCE_SERVER)).toEqual({ active: false });
    await expectInvalidToken(await userinfo(accessToken));
    await expectTokenError(await client.refresh(refreshToken), 400, 'invalid_grant');
  });

  it('refuse a code and a refresh token of another client, whose owner goes on', async () => {
    const client = new DemoClient(tandem);
    const { code } = await client.signIn({ scope: OFFLINE });
    const stolen = { grant_type: 'authorization_code', code: code as string, redirect_uri: client.redirectUri };
    await expectTokenError(await post('oauth/token', stolen, OTHER_WEB), 400, 'invalid_grant');
    const tokens = (await (await client.exchange(code as string)).json()) as Fields;
    const refreshToken = tokens['refresh_token'] as string;
    const asOther = { grant_type: 'refresh_token', refresh_token: refreshToken };
    await expectTokenError(await post('oauth/token', asOther, OTHER_WEB), 400, 'invalid_grant');
    await post('oauth/revoke', { token: refreshToken }, OTHER_WEB);
    await expectTokenError(await client.refresh(refreshToken, { scope: 'write:orders' }), 400, 'invalid_scope');
    expect((await client.refresh(refreshToken)).status).toBe(200);
    expect((await orders(tokens['access_token'] as string)).status).toBe(200);
  });

  it('refuse one kind in the place of another', async () => {
    const client = new DemoClient(tandem);
    const tokens = await client.tokens(OFFLINE);
    const idToken = tokens.id_token as string;
    for (const notACode of [tokens.refresh_token as string, tokens.access_token, idToken, 'a'.repeat(22)])
      await expectTokenError(await client.exchange(notACode), 400, 'invalid_grant');
    await expectTokenError(await client.refresh(tokens.access_token), 400, 'invalid_grant');
    await expectInvalidToken(await userinfo(idToken));
    await expectInvalidToken(await orders(idToken));
    await expectInvalidToken(await userinfo(tokens.refresh_token as string));
    const assertion = {
      grant_type: 'client_credentials',
      client_assertion: idToken,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
    await expectTokenError(await post('oauth/token', assertion), 401, 'invalid_client');
    const hinted = new DemoClient(tandem).authorizationUrl({ id_token_hint: tokens.access_token, prompt: 'none' });
    hinted.searchParams.set('response_mode', 'fragment');
    const { headers } = await fetch(hinted, { redirect: 'manual' });
    expect(new URLSearchParams(new URL(headers.get('location') ?? '').hash.slice(1)).get('error')).toBe(
      'invalid_request',
    );
  });

  it('refuse every other spelling of an access token, before and after its revocation', async () => {
    const client = new DemoClient(tandem);
    const { access_token: token, refresh_token: refreshToken } = await client.tokens(OFFLINE);
    const spellings = [token.slice(0, -1), `${token}=`, respelledEnd(token), `${token}%20`];
    const refused = async (texts: readonly string[]): Promise<void> => {
      for (const text of texts) {
        await expectInvalidToken(await userinfo(text));
        await expectInvalidToken(await orders(text));
      }
    };
    await refused(spellings);
    expect((await orders(token)).status).toBe(200);
    await client.revoke(refreshToken as string);
    // Not before the API has heard of it.
    while ((await orders(token)).status === 200);
    await refused([token, ...spellings]);
  });

  it('tell a resource server nothing of tokens for another, and nobody anything without a secret', async () => {
    const { access_token: token } = await new DemoClient(tandem).tokens('openid read:orders');
    expect(await introspect(token, OTHER_RESOURCE_SERVER)).toEqual({ active: false });
    expect(await introspect(token, RESOURCE_SERVER)).toMatchObject({ active: true });
    await expectTokenError(await post('oauth/introspect', { token }), 401, 'invalid_client');
  });

  it('refuse a token in the URL, in two places, and one that stands for no user', async () => {
    const { access_token: token } = await new DemoClient(tandem).tokens('openid read:orders');
    expect((await fetch(`${tandem.issuer}userinfo?access_token=${token}`)).status).toBe(400);
    const twice = await post('userinfo', { access_token: token }, `Bearer ${token}`);
    await expectTokenError(twice, 400, 'invalid_request');
    const ofAService = await post('oauth/token', {
      ...{ grant_type: 'client_credentials', client_id: 'demo-service' },
      ...{ client_secret: 'demo-service-secret-please-change-01', audience: 'https://api.tandem.example/' },
    });
    const { access_token: serviceToken } = (await ofAService.json()) as { access_token: string };
    expect([401, 403]).toContain((await userinfo(serviceToken)).status);
  });

  it('refuse other methods, and scripts of foreign origins where only pages and servers come', async () => {
    for (const path of ['oauth/token', 'oauth/revoke', 'oauth/introspect']) {
      const answer = await fetch(`${tandem.issuer}${path}`);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, expect.stringMatching(/^(OPTIONS, )?POST$/)]);
    }
    for (const origin of ['https://evil.example', 'null'])
      for (const path of ['authorize', 'login', 'consent']) {
        const answer = await fetch(`${tandem.issuer}${path}`, { headers: { origin } });
        expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      }
  });

  it('stand in no line that the services log, nor in their metrics', async () => {
    const client = new DemoClient(tandem);
    const sent = await client.signIn({ scope: OFFLINE });
    const tokens = (await (await client.exchange(sent['code'] as string)).json()) as Fields;
    expect((await orders(tokens['access_token'] as string)).status).toBe(200);
    await client.exchange(sent['code'] as string);
    await post('oauth/token', { grant_type: 'refresh_token', refresh_token: 'M4rk3r' }, basic('M4rk3r', 'M4rk3r'));
    const issued = ['code', 'id_token', 'access_token', 'refresh_token'].flatMap((name) => [sent[name], tokens[name]]);
    const secrets = ['wonderland-42', 'M4rk3r', SECRET, ...issued.filter((value) => value !== undefined)];
    expect(secrets.length).toBeGreaterThan(7);
    const told = tandem.logs().join('\n');
    expect(told).toContain('/oauth/token');
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect((await fetch(`${tandem.issuer}metrics`)).status).toBe(404);
  });
});
