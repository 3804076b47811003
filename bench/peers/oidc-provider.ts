/** oidc-provider on PostgreSQL, set up for the same clients, APIs and people as every server of a run. */
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';
import { REDIRECT_URI } from '../load/relying-party.js';
import { postgresAdapter } from './oidc-provider-adapter.js';
import { ALGS, API, CLIENT, PASSWORD, peerSettings, SECRET } from './peer-settings.js';

const settings = peerSettings();
const algOfApi = (api: string) => (api === API.ES256 ? 'ES256' : 'RS256');
const clients = ALGS.map((alg) => ({
  client_id: CLIENT[alg],
  client_secret: SECRET,
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
  response_types: ['code', 'code id_token'],
  id_token_signed_response_alg: alg,
}));
const provider = new Provider(settings.issuer, {
  adapter: await postgresAdapter(settings.databaseUrl),
  clients,
  jwks: { keys: ALGS.map((alg) => settings.keys[alg]) },
  cookies: { keys: ['one-key-for-signing-cookies-0123456789'] },
  responseTypes: ['code', 'code id_token'],
  scopes: ['openid', 'offline_access'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: (_context: unknown, _client: unknown, code: { readonly scopes: ReadonlySet<string> }) =>
    code.scopes.has('offline_access'),
  findAccount: (_context: unknown, id: string) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: true }),
  }),
  interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/interaction/${uid}` },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context: unknown, _client: unknown, wanted: unknown) => wanted ?? undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context: unknown, audience: string) => ({
        ...{ audience, scope: 'read:orders write:orders', accessTokenTTL: 3_600, accessTokenFormat: 'jwt' },
        jwt: { sign: { alg: algOfApi(audience) } },
      }),
    },
  },
  ttl: {
    ...{ AccessToken: 3_600, AuthorizationCode: 60, ClientCredentials: 3_600, Grant: 1_209_600, IdToken: 3_600 },
    ...{ Interaction: 3_600, RefreshToken: 1_209_600, Session: 1_209_600 },
  },
});
const callback = provider.callback();

const page = (action: string, fields: string): string =>
  `<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method="post" action="${action}">${fields}<button>Continue</button></form></body></html>`;
const LOGIN = '<input name="username" type="email"><input name="password" type="password">';

/** Login and consent without hashing: the cost of argon2id is reported apart for every server. */
async function interact(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const interaction = await provider.interactionDetails(request, response);
  const { prompt, uid, params } = interaction;
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(page(`/interaction/${uid}`, prompt.name === 'login' ? LOGIN : `<p>${params.client_id}</p>`));
    return;
  }
  const form = new URLSearchParams(await text(request));
  if (prompt.name === 'login') {
    if (form.get('password') !== PASSWORD) throw new Error('password');
    const result = { login: { accountId: form.get('username') } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    return;
  }
  const { grantId, session } = interaction;
  const found = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = found ?? new provider.Grant({ accountId: session?.accountId, clientId: params.client_id });
  const { missingOIDCScope: scope, missingOIDCClaims: claims, missingResourceScopes: resources } = prompt.details;
  if (scope !== undefined) grant.addOIDCScope(scope.join(' '));
  if (claims !== undefined) grant.addOIDCClaims(claims);
  for (const [resource, words] of Object.entries(resources ?? {})) grant.addResourceScope(resource, words.join(' '));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

http
  .createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return callback(request, response);
    interact(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  })
  .listen(settings.port, '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
