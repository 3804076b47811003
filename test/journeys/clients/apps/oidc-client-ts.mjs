/** oidc-client-ts: a single-page application's library, run here without its browser; the public client uses code and PKCE. */
import { createServer } from 'node:http';
import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from 'oidc-client-ts';

const { ISSUER, BASE_URL, PORT } = process.env;
const client = new OidcClient({
  authority: ISSUER,
  client_id: 'spa',
  redirect_uri: `${BASE_URL}/callback`,
  scope: 'openid profile email',
  loadUserInfo: true,
  stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
});

async function answer(request) {
  const url = new URL(request.url, BASE_URL);
  if (url.pathname === '/login')
    return { status: 303, headers: { location: (await client.createSigninRequest({})).url } };
  const { profile, access_token: accessToken } = await client.processSigninResponse(url.href);
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ claims: profile, hasAccessToken: accessToken !== undefined }),
  };
}

createServer((request, response) => {
  void answer(request)
    .catch((error) => ({ status: 500, headers: {}, body: JSON.stringify({ error: String(error.message) }) }))
    .then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
