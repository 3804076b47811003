import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { checkHttps, type Provider } from './provider.js';
import { brings, type ClientAuthentication, type Variant } from './variant.js';

export type Metadata = Readonly<Record<string, unknown>>;

/** A signing key of a client: the public part is registered. */
export interface ClientKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** A client at work in one module. `registration` is what its registration answered, or what the operator declared. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly secret?: string;
  readonly authentication: ClientAuthentication;
  readonly redirectUri: string;
  readonly key: ClientKey;
  readonly registration: Metadata;
}

/** Nothing listens there: the user agent stops before it, and looks at what would have been sent. */
export const RP_ORIGIN = 'https://rp.conformance.example';

export async function newClientKey(alg = 'RS256'): Promise<ClientKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** One key for the clients of a file: making RSA keys takes longer than everything else a module does. */
let shared: Promise<ClientKey> | undefined;
export const sharedKey = (): Promise<ClientKey> => (shared ??= newClientKey());

/** The registration request of the suite, with what a module adds or takes away (`undefined`). */
export function registrationRequest(variant: Variant, key: ClientKey, changes: Metadata): Metadata {
  const { responseType, clientAuthentication } = variant;
  const implicit = brings(responseType, 'id_token') || brings(responseType, 'token');
  return {
    client_name: 'Conformance module',
    grant_types: [
      ...(brings(responseType, 'code') ? ['authorization_code'] : []),
      ...(implicit ? ['implicit'] : []),
      ...(changes['withRefreshToken'] === true ? ['refresh_token'] : []),
    ],
    jwks: { keys: [key.publicJwk] },
    token_endpoint_auth_method: clientAuthentication,
    response_types: [responseType],
    redirect_uris: [`${RP_ORIGIN}/${randomUUID()}/callback`],
    contacts: ['conformance@rp.conformance.example'],
    ...changes,
    withRefreshToken: undefined,
  };
}

/** Sends a registration request; the answer is the caller's to judge. */
export function postRegistration({ metadata }: Provider, request: Metadata): Promise<Response> {
  return fetch(metadata['registration_endpoint'] as string, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(request),
  });
}

export async function registerClient(
  provider: Provider,
  variant: Variant,
  changes: Metadata = {},
  givenKey?: ClientKey,
): Promise<RegisteredClient> {
  const key = givenKey ?? (await sharedKey());
  const request = registrationRequest(variant, key, changes);
  const response = await postRegistration(provider, request);
  const registration = (await response.json()) as Metadata;
  checkRegistrationResponse(response, registration);
  const [redirectUri] = request['redirect_uris'] as readonly string[];
  const secret = registration['client_secret'] as string | undefined;
  const authentication = request['token_endpoint_auth_method'] as ClientAuthentication;
  if (authentication.startsWith('client_secret_')) expect(secret?.length).toBeGreaterThanOrEqual(32);
  return {
    clientId: registration['client_id'] as string,
    authentication,
    redirectUri: redirectUri as string,
    key,
    registration,
    ...(secret === undefined ? {} : { secret }),
  };
}

function checkRegistrationResponse(response: Response, registration: Metadata): void {
  expect({ status: response.status, error: registration['error_description'] }).toEqual({ status: 201 });
  expect(response.headers.get('content-type')).toMatch(/^application\/json\b/);
  expect(registration).not.toHaveProperty('error');
  expect(registration['client_id']).toEqual(expect.any(String));
  if (registration['client_secret'] !== undefined)
    expect(registration['client_secret_expires_at']).toEqual(expect.any(Number));
  expect(registration['registration_access_token'] === undefined).toBe(
    registration['registration_client_uri'] === undefined,
  );
  if (registration['registration_client_uri'] !== undefined) checkHttps(registration['registration_client_uri']);
}

/** The end of every module: the client takes itself away. One that was declared beforehand stays. */
export async function deleteClient({ registration }: RegisteredClient): Promise<void> {
  if (registration['registration_client_uri'] === undefined) return;
  const response = await fetch(registration['registration_client_uri'] as string, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${registration['registration_access_token'] as string}` },
  });
  expect(response.status).toBe(204);
}

/** Members of a client assertion that a module may want otherwise. */
export interface AssertionOptions {
  readonly audience?: string;
  readonly key?: ClientKey;
}

export async function clientAssertion(
  { clientId, key }: RegisteredClient,
  { metadata }: Provider,
  options: AssertionOptions = {},
): Promise<string> {
  const signedWith = options.key ?? key;
  return new SignJWT({})
    .setProtectedHeader({ alg: signedWith.publicJwk.alg as string, kid: signedWith.kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(options.audience ?? (metadata['token_endpoint'] as string))
    .setIssuedAt()
    .setExpirationTime('60s')
    .setJti(randomUUID())
    .sign(signedWith.privateKey);
}
