import type { AssertionOptions, RegisteredClient } from '../relying-party/client.js';
import { checkIdToken } from '../relying-party/id-token.js';
import type { ModuleRun, SignedIn } from '../relying-party/module-run.js';
import { checkUnguessable, newNonce } from '../relying-party/random-text.js';
import { checkTokenError, checkTokenResponse, requestToken } from '../relying-party/token-endpoint.js';
import { wait, type Module, type Modules } from './module.js';

const SCOPE = 'openid offline_access';

/** A sign-in with offline access: the consent page comes, and a refresh token with it. */
export async function signInOffline(
  run: ModuleRun,
  client: RegisteredClient,
  nonce: string,
): Promise<SignedIn & { readonly refreshToken: string }> {
  expect(run.provider.metadata['scopes_supported']).toContain('offline_access');
  expect(run.provider.metadata['grant_types_supported']).toContain('refresh_token');
  const signedIn = await run.signIn(client, { scope: SCOPE, prompt: 'consent', nonce });
  expect(signedIn.walk.consentPages).toHaveLength(1);
  const refreshToken = signedIn.tokens?.refresh_token as string;
  expect(refreshToken).toMatch(/^[\x20-\x7E]+$/);
  checkUnguessable(refreshToken);
  return { ...signedIn, refreshToken };
}

/** Refreshes; the new tokens are checked like the first ones, and against them. */
export async function refresh(
  run: ModuleRun,
  client: RegisteredClient,
  { refreshToken, request, idToken }: SignedIn & { readonly refreshToken: string },
  { more = {}, assertion = {} }: { more?: Readonly<Record<string, string>>; assertion?: AssertionOptions } = {},
): Promise<string> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...more };
  const tokens = await checkTokenResponse(await requestToken(run.provider, client, form, assertion));
  if (tokens.id_token !== undefined) {
    const { claims } = await checkIdToken(tokens.id_token, {
      ...run.expected(client, request, 'back'),
      refreshed: true,
      accessToken: tokens.access_token,
    });
    const { iss, sub, aud, azp, auth_time: authTime, iat } = idToken.claims;
    expect(claims).toMatchObject({ iss, sub, aud, auth_time: authTime });
    expect(claims['azp']).toBe(azp);
    expect(claims.iat).not.toBe(iat);
  }
  await run.userinfo(client, tokens.access_token, idToken);
  if (tokens.refresh_token !== undefined) checkUnguessable(tokens.refresh_token);
  return tokens.refresh_token ?? refreshToken;
}

const refreshToken: Module = async (run) => {
  const [client1, client2] = [
    await run.register({ withRefreshToken: true }),
    await run.register({ withRefreshToken: true }),
  ];
  const first = await signInOffline(run, client1, newNonce());
  const second = await signInOffline(run, client2, newNonce(43));
  // `iat` has to differ, and counts seconds.
  await wait(1.1);
  await refresh(run, client1, first, { more: { scope: SCOPE } });
  const latest = await refresh(run, client2, second);
  const form = { grant_type: 'refresh_token', refresh_token: latest };
  await checkTokenError(await requestToken(run.provider, client1, form), 'invalid_grant');
};

export const REFRESH_MODULES: Modules = { 'oidcc-refresh-token': refreshToken };
