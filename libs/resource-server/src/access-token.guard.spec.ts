import 'reflect-metadata';
import { createHmac } from 'node:crypto';
import { generateSigningKey, type SigningKey } from '@tandem/jwt';
import { TestApi } from './api.spec-support.js';
import { AUDIENCE, now, TestIssuer } from './issuer.spec-support.js';

const REALM = 'Bearer realm="tandem"';
const METADATA = 'resource_metadata="https://things.example/.well-known/oauth-protected-resource"';

describe('an API behind the guard', () => {
  let issuer: TestIssuer;
  let api: TestApi;
  let stranger: SigningKey;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    api = await TestApi.start(issuer, { resourceUrl: 'https://things.example/' });
    stranger = await generateSigningKey('ES256');
  });
  afterAll(async () => {
    await api.stop();
    await issuer.stop();
  });

  it('accepts a token and tells the handler whose it is, again and again', async () => {
    const token = issuer.token();
    for (let round = 0; round < 3; round += 1) expect(await (await api.get(token)).json()).toEqual({ of: 'alice' });
  });

  it('accepts a token that is for others too, and the scheme in any case', async () => {
    const token = issuer.token({ aud: [AUDIENCE, `${issuer.url}userinfo`] });
    const answer = await api.request('/things', { headers: { authorization: `bearer ${token}` } });
    expect(answer.status).toBe(200);
  });

  it.each([undefined, 'Basic YTpi', 'DPoP abc'])(
    'refuses %s with a challenge that names no error',
    async (authorization) => {
      const answer = await api.request('/things', authorization === undefined ? {} : { headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe(`${REALM}, ${METADATA}`);
    },
  );

  const head = (of: object): string => Buffer.from(JSON.stringify(of)).toString('base64url');
  const withHeader = (header: object): string => `${head(header)}.${issuer.token().split('.').slice(1).join('.')}`;
  /** The last character's unused bits: another spelling of the same bytes. */
  const respelled = (token: string): string => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) as string) ^ 1];
  };
  const hs256 = (): string => {
    const signed = `${head({ alg: 'HS256', typ: 'at+jwt', kid: issuer.key.kid })}.${issuer.token().split('.')[1]}`;
    return `${signed}.${createHmac('sha256', JSON.stringify(issuer.key.publicJwk)).update(signed).digest('base64url')}`;
  };

  it.each<[string, () => string]>([
    ['that is no token', () => 'abc'],
    ['without its last character', () => issuer.token().slice(0, -1)],
    ['with padding', () => `${issuer.token()}=`],
    ['in another spelling', () => respelled(issuer.token())],
    ['with something behind it', () => `${issuer.token()}%20`],
    ['that has expired', () => issuer.token({ iat: now() - 600, exp: now() - 1 })],
    ['from the future', () => issuer.token({ iat: now() + 120, exp: now() + 300 })],
    ['for another API', () => issuer.token({ aud: 'https://other.example/' })],
    ['from another issuer', () => issuer.token({ iss: 'https://evil.example/' })],
    ['with the key of a stranger', () => issuer.token({}, stranger)],
    ['with the key of a stranger under our kid', () => issuer.token({}, { ...stranger, kid: issuer.key.kid })],
    ['that is an ID token', () => issuer.idToken()],
    ['without a signature', () => withHeader({ alg: 'none', typ: 'at+jwt' })],
    ['that brings its own key', () => withHeader({ alg: 'ES256', typ: 'at+jwt', jwk: stranger.publicJwk })],
    ['signed with the public key as a secret', hs256],
  ])('refuses a token %s', async (_what, token) => {
    const answer = await api.get(token());
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(await answer.json()).toMatchObject({ error: 'invalid_token' });
  });

  it('refuses a respelled token also after the right one was accepted', async () => {
    const token = issuer.token();
    expect(await api.status(token)).toBe(200);
    expect([await api.status(respelled(token)), await api.status(`${token}=`)]).toEqual([401, 401]);
  });

  it('refuses a token that lacks a scope, and tells which are needed', async () => {
    const answer = await api.request('/things', {
      method: 'POST',
      headers: { authorization: `Bearer ${issuer.token()}` },
    });
    expect(answer.status).toBe(403);
    const challenge = answer.headers.get('www-authenticate');
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="read:things write:things"');
    expect(challenge).toContain(METADATA);
  });

  it('accepts any valid token where no scope is required', async () => {
    const headers = { authorization: `Bearer ${issuer.token({ scope: undefined })}` };
    expect((await api.request('/things/any', { method: 'POST', headers })).status).toBe(201);
  });

  it.each(['access_token', 'access%5Ftoken'])('refuses a token in the URL as %s', async (name) => {
    const token = issuer.token();
    const headers = { authorization: `Bearer ${token}` };
    for (const init of [{}, { headers }]) {
      const answer = await api.request(`/things?${name}=${token}`, init);
      expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, 'invalid_request']);
    }
  });

  it('refuses a token in header and body', async () => {
    const token = issuer.token();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await api.request('/things/any', { method: 'POST', headers, body: `access%5Ftoken=${token}` });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_request"');
  });

  it('shows whose tokens it takes', async () => {
    const answer = await api.request('/.well-known/oauth-protected-resource');
    expect(await answer.json()).toMatchObject({
      resource: AUDIENCE,
      authorization_servers: [issuer.url],
      bearer_methods_supported: ['header'],
    });
  });

  it('tells that it can not judge while it has never seen the keys of the issuer', async () => {
    issuer.isUp = false;
    const young = await TestApi.start(issuer);
    try {
      const answer = await young.get(issuer.token());
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    } finally {
      await young.stop();
      issuer.isUp = true;
    }
  });

  it('refuses by introspection of every token when no staleness is allowed', async () => {
    const strict = await TestApi.start(issuer, { stalenessSeconds: 0 });
    try {
      issuer.active = true;
      expect(await strict.status(issuer.token())).toBe(200);
      issuer.active = false;
      expect(await strict.status(issuer.token())).toBe(401);
      issuer.active = undefined;
      expect(await strict.status(issuer.token())).toBe(503);
    } finally {
      issuer.active = true;
      await strict.stop();
    }
  });
});
