import { checkErrorTexts } from './authorization-response.js';
import { clientAssertion, type AssertionOptions, type RegisteredClient } from './client.js';
import type { Provider } from './provider.js';
import { checkUnguessable } from './random-text.js';

export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: string;
  readonly expires_in?: number;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly scope?: string;
}

const YEAR = 366 * 86_400;
const formEncoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/** A token request with the client's registered authentication. */
export const requestToken = (
  provider: Provider,
  client: RegisteredClient,
  form: Readonly<Record<string, string>>,
  assertion: AssertionOptions = {},
): Promise<Response> => postAsClient(provider, client, { endpoint: 'token_endpoint', form, assertion });

/** Posts to the endpoint that the metadata names, with the client's registered authentication. */
export async function postAsClient(
  provider: Provider,
  client: RegisteredClient,
  {
    endpoint,
    form,
    accept = 'application/json',
    assertion = {},
  }: {
    readonly endpoint: 'token_endpoint' | 'introspection_endpoint' | 'revocation_endpoint';
    readonly form: Readonly<Record<string, string>>;
    readonly accept?: string;
    readonly assertion?: AssertionOptions;
  },
): Promise<Response> {
  const { clientId, secret = '', authentication } = client;
  const body = new URLSearchParams(form);
  const headers: Record<string, string> = { accept };
  if (authentication === 'client_secret_basic') {
    // RFC 6749 §2.3.1: both parts are form-encoded first.
    const credentials = `${formEncoded(clientId)}:${formEncoded(secret)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
  } else if (authentication === 'client_secret_post') {
    body.set('client_id', clientId);
    body.set('client_secret', secret);
  } else if (authentication === 'none') {
    body.set('client_id', clientId);
  } else {
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    body.set('client_assertion', await clientAssertion(client, provider, assertion));
  }
  return fetch(provider.metadata[endpoint] as string, { method: 'POST', headers, body });
}

export async function checkTokenResponse(response: Response): Promise<TokenResponse> {
  const body = (await response.clone().json()) as TokenResponse & Readonly<Record<string, unknown>>;
  expect({ status: response.status, why: body['error_description'] }).toEqual({ status: 200 });
  expect(response.headers.get('content-type')).toMatch(/^application\/json\b/);
  expect(response.headers.get('cache-control')).toContain('no-store');
  expect(body.access_token).toMatch(/^[\x20-\x7E]+$/);
  checkUnguessable(body.access_token);
  expect(body.token_type.toLowerCase()).toBe('bearer');
  expect(Number.isInteger(body.expires_in)).toBe(true);
  expect(body.expires_in).toBeGreaterThan(0);
  expect(body.expires_in).toBeLessThanOrEqual(YEAR);
  return body;
}

/** RFC 6749 §5.2: 400 with JSON, for whatever is wrong with a grant. */
export async function checkTokenError(response: Response, code: string): Promise<void> {
  const body = (await response.json()) as Readonly<Record<string, unknown>>;
  expect(response.headers.get('content-type')).toMatch(/^application\/json\b/);
  expect({ status: response.status, error: body['error'] }).toEqual({ status: 400, error: code });
  checkErrorTexts(body['error'], body['error_description'], body['error_uri']);
}
