/** node-auth0: Auth0's SDK for Node.js, here with a private key instead of a secret, and PKCE by hand as it has none. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { AuthenticationClient, UserInfoClient } from 'auth0';

const { DOMAIN, PORT, PRIVATE_KEY, API } = process.env;
const BASE_URL = `http://localhost:${PORT}`;
const redirectUri = `${BASE_URL}/callback`;
const client = new AuthenticationClient({
  domain: DOMAIN,
  clientId: 'node-auth0',
  clientAssertionSigningKey: PRIVATE_KEY,
  clientAssertionSigningAlg: 'RS256',
});
const [verifier, nonce] = [randomBytes(32).toString('base64url'), randomBytes(16).toString('base64url')];

const loginUrl = () =>
  `https://${DOMAIN}/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: 'node-auth0',
    redirect_uri: redirectUri,
    scope: 'openid profile email offline_access',
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })}`;

async function answer(request) {
  const url = new URL(request.url, BASE_URL);
  if (url.pathname === '/login') return { status: 303, headers: { location: loginUrl() } };
  const code = url.searchParams.get('code');
  const { data: tokens } = await client.oauth.authorizationCodeGrantWithPKCE(
    { code, redirect_uri: redirectUri, code_verifier: verifier },
    { idTokenValidateOptions: { nonce } },
  );
  const userinfo = await new UserInfoClient({ domain: DOMAIN }).getUserInfo(tokens.access_token);
  const { data: refreshed } = await client.oauth.refreshTokenGrant({ refresh_token: tokens.refresh_token });
  await client.oauth.revokeRefreshToken({ token: refreshed.refresh_token });
  const refusal = await client.oauth
    .refreshTokenGrant({ refresh_token: refreshed.refresh_token })
    .catch(({ error, statusCode }) => ({ error, statusCode }));
  const { data: own } = await client.oauth.clientCredentialsGrant({ audience: API });
  const body = { user: userinfo.data, hasIdToken: refreshed.id_token !== undefined, refusal, ownScope: own.scope };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

createServer((request, response) => {
  void answer(request)
    .catch((error) => ({ status: 500, headers: {}, body: `${error.message}: ${error.cause?.message ?? ''}` }))
    .then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
