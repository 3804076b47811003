/** auth0-server-js: what Auth0's SDKs for server frameworks are built on. One visitor, so one memory is enough. */
import { createServer } from 'node:http';
import { ServerClient } from '@auth0/auth0-server-js';

const { DOMAIN, PORT, CLIENT_SECRET } = process.env;
const BASE_URL = `http://localhost:${PORT}`;

const memory = () => {
  const held = new Map();
  return {
    set: async (name, value) => void held.set(name, value),
    get: async (name) => held.get(name),
    delete: async (name) => void held.delete(name),
    deleteByLogoutToken: async () => held.clear(),
  };
};

const client = new ServerClient({
  domain: DOMAIN,
  clientId: 'server-js',
  clientSecret: CLIENT_SECRET,
  authorizationParams: { redirect_uri: `${BASE_URL}/callback`, scope: 'openid profile email offline_access' },
  transactionStore: memory(),
  stateStore: memory(),
});

async function answer(request) {
  const url = new URL(request.url, BASE_URL);
  if (url.pathname === '/login')
    return redirect(await client.startInteractiveLogin({ appState: { wanted: '/notes' } }));
  if (url.pathname === '/logout') return redirect(await client.logout({ returnTo: BASE_URL }));
  if (url.pathname !== '/callback') return { status: 200, headers: {}, body: 'Signed out' };
  const { appState } = await client.completeInteractiveLogin(url);
  const { refreshToken, tokenSets } = await client.getSession();
  const refreshed = await client.authClient.getTokenByRefreshToken({ refreshToken });
  const body = {
    ...{ appState, user: await client.getUser(), accessTokens: tokenSets.length },
    rotated: refreshed.refreshToken !== refreshToken,
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const redirect = (url) => ({ status: 303, headers: { location: url.href } });

createServer((request, response) => {
  void answer(request)
    .catch((error) => ({ status: 500, headers: {}, body: `${error.message}: ${error.cause?.message ?? ''}` }))
    .then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
