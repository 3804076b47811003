import type { Page } from '@tandem/testing';
import type { Walk } from './authorization.js';
import { RP_ORIGIN, type RegisteredClient } from './client.js';
import type { Provider } from './provider.js';
import { checkUnguessable } from './random-text.js';
import { brings, placeOf, type Place, type ResponseType, type Variant } from './variant.js';

const ERROR_PARAMETERS = ['error', 'error_description', 'error_uri', 'state', 'session_state', 'iss'];
const PROBLEMATIC = /["\\]|[^\x20-\x7E]/;

/** The parameters of a response, after it arrived in the right way and nowhere else. */
export function readResponse(end: Walk['end'], redirectUri: string, place: Place): URLSearchParams {
  if (end.kind === 'page')
    throw new Error(`there is no response, but ${end.page.describe()}: ${end.page.text.slice(0, 300)}`);
  if (place === 'form') {
    expect(end.kind).toBe('form');
    if (end.kind === 'form') return readFormPost(end, redirectUri);
  }
  expect(end.kind).toBe('redirect');
  return readRedirect((end as { readonly target: URL }).target, redirectUri, place);
}

function readRedirect(target: URL, redirectUri: string, place: Place): URLSearchParams {
  const registered = new URL(redirectUri);
  expect(`${target.origin}${target.pathname}`).toBe(`${registered.origin}${registered.pathname}`);
  if (place === 'query') {
    expect(target.hash).toBe('');
    const own = registered.search.slice(1);
    if (own !== '') expect(target.search.slice(1)).toMatch(new RegExp(`^${escapeForRegExp(own)}&`));
    return new URLSearchParams(target.search.slice(own === '' ? 1 : own.length + 2));
  }
  expect(target.search).toBe(registered.search);
  return new URLSearchParams(target.hash.slice(1));
}

const escapeForRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** OAuth 2.0 Form Post Response Mode §2, and what the suite's browsers stumble over. */
function readFormPost(end: Extract<Walk['end'], { kind: 'form' }>, redirectUri: string): URLSearchParams {
  const { page, form } = end;
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html\b/);
  expect(page.headers.get('cache-control')).toContain('no-store');
  expect(form.method).toBe('POST');
  expect(form.action.href).toBe(new URL(redirectUri).href);
  // The default encoding: form-urlencoded without a charset behind it.
  const [element] = page.find('form');
  expect(element?.attrs.map(({ name }) => name).sort()).toEqual(['action', 'method']);
  expect(page.find('[name=submit]')).toEqual([]);
  expect(page.find('input').length).toBe(page.find('input[type=hidden]').length);
  expect(page.find('noscript').length).toBe(1);
  expect(page.find('button').length).toBe(1);
  return new URLSearchParams(form.fields.map(([name, value]): [string, string] => [name, value]));
}

function checkCommon(parameters: URLSearchParams, request: URLSearchParams, { issuer }: Provider): void {
  expect(parameters.get('state')).toBe(request.get('state'));
  // RFC 9207 §2.4: advertised, so it has to be there.
  expect(parameters.get('iss')).toBe(issuer);
  for (const name of parameters.keys()) expect(parameters.getAll(name)).toHaveLength(1);
}

export function checkSuccess(
  parameters: URLSearchParams,
  request: URLSearchParams,
  provider: Provider,
  responseType: ResponseType,
): void {
  expect([parameters.get('error'), parameters.get('error_description')]).toEqual([null, null]);
  checkCommon(parameters, request, provider);
  expect(parameters.has('code')).toBe(brings(responseType, 'code'));
  expect(parameters.has('id_token')).toBe(brings(responseType, 'id_token'));
  expect(parameters.has('access_token')).toBe(brings(responseType, 'token'));
  if (brings(responseType, 'code')) checkUnguessable(parameters.get('code') ?? '');
  if (!brings(responseType, 'token')) return;
  expect(parameters.get('access_token')).not.toBe('');
  expect(parameters.get('token_type')?.toLowerCase()).toBe('bearer');
  expect(parameters.get('expires_in')).toMatch(/^[1-9]\d*$/);
}

/** An error at the client's address: nothing but an error, in characters that every client can read. */
export function readError(
  { end }: Walk,
  {
    client,
    request,
    provider,
    variant,
    place = placeOf(variant),
  }: {
    readonly client: RegisteredClient;
    readonly request: URLSearchParams;
    readonly provider: Provider;
    readonly variant: Variant;
    readonly place?: Place;
  },
): string {
  const parameters = readResponse(end, request.get('redirect_uri') ?? client.redirectUri, place);
  checkCommon(parameters, request, provider);
  expect([...parameters.keys()].filter((name) => !ERROR_PARAMETERS.includes(name))).toEqual([]);
  checkErrorTexts(parameters.get('error'), parameters.get('error_description'), parameters.get('error_uri'));
  return parameters.get('error') as string;
}

export function checkErrorTexts(error: unknown, description: unknown, uri: unknown): void {
  expect(error).toMatch(/^[\x21\x23-\x5B\x5D-\x7E]+$/);
  if (description !== null && description !== undefined) expect(description).not.toMatch(PROBLEMATIC);
  if (uri !== null && uri !== undefined) expect(URL.canParse(uri as string)).toBe(true);
}

/** An answer for the person alone: the client is never reached, by whatever kind of redirect. */
export function checkErrorPage({ end }: Walk): Page {
  expect(end.kind).toBe('page');
  const { page } = end as { readonly page: Page };
  expect(page.status).toBeGreaterThanOrEqual(400);
  expect(page.status).toBeLessThan(500);
  expect(page.headers.get('content-type')).toMatch(/^text\/html\b/);
  expect(page.headers.get('location')).toBeNull();
  expect(page.headers.get('refresh')).toBeNull();
  expect(page.find('meta[http-equiv]')).toEqual([]);
  expect(page.text).not.toBe('');
  expect(page.find('form')).toEqual([]);
  expect(page.body).not.toContain(RP_ORIGIN);
  return page;
}
