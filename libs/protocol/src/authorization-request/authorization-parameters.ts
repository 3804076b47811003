import { OAuthError } from '../oauth-error.js';
import { isSensible } from '../sensible-text.js';
import { words } from '../words.js';

/** Wire name → our name of every authorization parameter that we read; all others are ignored (RFC 6749 §3.1). */
const PARAMETERS = {
  response_type: 'responseType',
  client_id: 'clientId',
  redirect_uri: 'redirectUri',
  scope: 'scope',
  state: 'state',
  response_mode: 'responseMode',
  nonce: 'nonce',
  display: 'display',
  prompt: 'prompt',
  max_age: 'maxAge',
  ui_locales: 'uiLocales',
  claims_locales: 'claimsLocales',
  id_token_hint: 'idTokenHint',
  login_hint: 'loginHint',
  acr_values: 'acrValues',
  claims: 'claims',
  request: 'request',
  request_uri: 'requestUri',
  code_challenge: 'codeChallenge',
  code_challenge_method: 'codeChallengeMethod',
  audience: 'audience',
  screen_hint: 'screenHint',
  connection: 'connection',
  grant_id: 'grantId',
  grant_management_action: 'grantManagementAction',
} as const;

type ParameterName = (typeof PARAMETERS)[keyof typeof PARAMETERS];

/** An authorization request as it came: raw and unproven. */
export type AuthorizationParameters = { readonly [N in ParameterName]?: string } & {
  /** RFC 8707; the one parameter that may repeat. */
  readonly resource: readonly string[];
  /** Wire names that came more than once: their value is unknown. */
  readonly repeated: readonly string[];
};

/** Whether the user shall see how to sign up first: `prompt=create`, or what Auth0's SDKs send for it. */
export const isSignUpWished = ({ prompt, screenHint }: AuthorizationParameters): boolean =>
  words(prompt).includes('create') || screenHint === 'signup';

/** Name → all its values, as `http/form-parameters` read them. */
export type FormParameters = ReadonlyMap<string, readonly string[]>;

/**
 * Reads the parameters. A repeated `client_id` or `redirect_uri` is refused at once, since there is no address left to
 * answer to; other repetitions are refused by a check, at the address.
 */
export function readAuthorizationParameters(form: FormParameters): AuthorizationParameters {
  const read: Record<string, string> = {};
  const repeated: string[] = [];
  for (const [wireName, name] of Object.entries(PARAMETERS)) {
    const values = form.get(wireName);
    // An empty value counts as absent (RFC 6749 §3.1).
    if (values === undefined || (values.length === 1 && values[0] === '')) continue;
    if (values.length > 1) repeated.push(wireName);
    else read[name] = values[0] as string;
  }
  if (repeated.includes('client_id') || repeated.includes('redirect_uri')) {
    throw new OAuthError('invalid_request', 'client_id and redirect_uri must each be sent once');
  }
  return { ...read, resource: form.get('resource') ?? [], repeated };
}

/**
 * A signed request object is all that counts beside the client_id (RFC 9101 §5): what stands outside may have been added by
 * anybody. An unsigned one proves nothing and only wins over what stands outside (OIDC Core §6.1).
 */
export function mergeRequestObject(
  outside: AuthorizationParameters,
  inside: Readonly<Record<string, unknown>>,
  { signed }: { readonly signed: boolean },
): AuthorizationParameters {
  const form = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(inside)) {
    if (typeof value === 'string') form.set(name, [value]);
    else if (typeof value === 'number') form.set(name, [String(value)]);
    else if (name === 'claims' && typeof value === 'object' && value !== null) form.set(name, [JSON.stringify(value)]);
    else if (name === 'resource' && Array.isArray(value)) form.set(name, value.map(String));
  }
  // What stands outside came through the form's gate; this did not.
  if (![...form.values()].flat().every(isSensible))
    throw new OAuthError('invalid_request_object', 'the request object holds a control character');
  const { request: _request, requestUri: _requestUri, ...read } = readAuthorizationParameters(form);
  const { clientId, repeated } = outside;
  if (signed) return { ...(clientId === undefined ? {} : { clientId }), ...read, repeated };
  const { request: _sent, requestUri: _sentUri, ...kept } = outside;
  return {
    ...kept,
    ...read,
    resource: read.resource.length > 0 ? read.resource : kept.resource,
    repeated,
  };
}
