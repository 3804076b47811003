/** openid-client 6: `code id_token` by form_post, and a refresh. */
import { createServer } from 'node:http';
import * as oidc from 'openid-client';

const { ISSUER, BASE_URL, PORT } = process.env;
const configuration = await oidc.discovery(
  new URL(ISSUER),
  'library',
  process.env.CLIENT_SECRET,
  oidc.ClientSecretBasic(process.env.CLIENT_SECRET),
  { execute: [oidc.allowInsecureRequests] },
);
oidc.useCodeIdTokenResponseType(configuration);
const transactions = new Map();

async function answer(request, body) {
  const url = new URL(request.url, BASE_URL);
  if (url.pathname === '/login') {
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()];
    transactions.set(state, { nonce, verifier });
    const challenge = await oidc.calculatePKCECodeChallenge(verifier);
    const address = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: `${BASE_URL}/callback`,
      scope: 'openid email offline_access',
      response_mode: 'form_post',
      state,
      nonce,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    return { status: 303, headers: { location: address.href } };
  }
  const { nonce, verifier } = transactions.get(new URLSearchParams(body).get('state'));
  const posted = new Request(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const tokens = await oidc.authorizationCodeGrant(configuration, posted, {
    expectedNonce: nonce,
    expectedState: new URLSearchParams(body).get('state'),
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const refreshed = await oidc.refreshTokenGrant(configuration, tokens.refresh_token);
  const userinfo = await oidc.fetchUserInfo(configuration, refreshed.access_token, claims.sub);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ claims, userinfo, refreshed: refreshed.refresh_token !== tokens.refresh_token }),
  };
}

createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    void answer(request, body)
      .catch((error) => ({
        status: 500,
        headers: {},
        body: JSON.stringify({ error: String(error.message), cause: String(error.cause?.message ?? '') }),
      }))
      .then(({ status, headers, body: text }) => response.writeHead(status, headers).end(text));
  });
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
