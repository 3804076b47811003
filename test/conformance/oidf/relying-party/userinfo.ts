import { compactVerify, decodeProtectedHeader } from 'jose';
import { checkClaimTypes, type Claims } from './claim-types.js';
import type { RegisteredClient } from './client.js';
import { verificationKey } from './id-token.js';
import type { Provider } from './provider.js';

export type UserinfoMethod = 'get' | 'post-header' | 'post-body';

export function requestUserinfo(
  { metadata }: Provider,
  accessToken: string,
  method: UserinfoMethod = 'get',
): Promise<Response> {
  const endpoint = metadata['userinfo_endpoint'] as string;
  const bearer = { authorization: `Bearer ${accessToken}` };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  if (method === 'get') return fetch(endpoint, { headers: bearer });
  if (method === 'post-header') return fetch(endpoint, { method: 'POST', headers: { ...bearer, ...form }, body: '' });
  return fetch(endpoint, { method: 'POST', body: new URLSearchParams({ access_token: accessToken }) });
}

/** The user's claims, checked: as JSON, or verified where the client registered an algorithm (OIDC Core §5.3.2). */
export async function checkUserinfo(
  response: Response,
  { provider, client, subject }: { provider: Provider; client: RegisteredClient; subject?: string },
): Promise<Claims> {
  expect({ status: response.status, why: response.headers.get('www-authenticate') }).toEqual({
    status: 200,
    why: null,
  });
  const alg = client.registration['userinfo_signed_response_alg'] as string | undefined;
  const type = response.headers.get('content-type') ?? '';
  expect(type).toMatch(alg === undefined ? /^application\/json\b/ : /^application\/jwt\b/);
  const body = await response.text();
  const claims = alg === undefined ? (JSON.parse(body) as Claims) : await verify(body, alg, provider, client);
  checkClaimTypes(claims);
  expect(claims.sub).toEqual(expect.any(String));
  if (subject !== undefined) expect(claims.sub).toBe(subject);
  return claims;
}

async function verify(jwt: string, alg: string, provider: Provider, client: RegisteredClient): Promise<Claims> {
  const header = decodeProtectedHeader(jwt);
  expect(header.alg).toBe(alg);
  const key = await verificationKey(provider, header.kid as string, alg);
  const { payload } = await compactVerify(jwt, key, { algorithms: [alg] });
  const claims = JSON.parse(new TextDecoder().decode(payload)) as Claims;
  expect(claims.iss).toBe(provider.issuer);
  expect([claims.aud].flat()).toContain(client.clientId);
  expect(claims).not.toHaveProperty('nonce');
  return claims;
}
