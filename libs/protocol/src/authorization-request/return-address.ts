import type { Client } from '../model/client.js';
import { OAuthError } from '../oauth-error.js';
import { isRegisteredRedirectUri } from '../redirect-uri.js';
import { defaultResponseMode, readResponseType } from '../response-type.js';
import { isSubset, words } from '../words.js';
import type { AuthorizationParameters } from './authorization-parameters.js';

/** Modes in which a response can leave. */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post', 'web_message'] as const;
export type ResponseMode = (typeof RESPONSE_MODES)[number];

declare const proven: unique symbol;

/** Where a response may be sent. Only `resolveReturnAddress` makes one, so it can't be forged. */
export interface ReturnAddress {
  readonly redirectUri: string;
  readonly redirectUriSent: boolean;
  readonly responseMode: ResponseMode;
  readonly state?: string;
  readonly [proven]: true;
}

const isResponseMode = (text: string | undefined): text is ResponseMode =>
  (RESPONSE_MODES as readonly (string | undefined)[]).includes(text);

/**
 * Proves the redirect_uri and fixes the mode in force for success and error alike. A mode that may not be used (unknown,
 * or `query` with a token) falls back to the response type's default here, so that its refusal has a way out.
 *
 * @throws OAuthError when there is no address: the answer is a page, never a redirect (RFC 6749 §4.1.2.1).
 */
export function resolveReturnAddress(parameters: AuthorizationParameters, client: Client): ReturnAddress {
  const redirectUri = resolveRedirectUri(parameters, client);
  const responseMode = modeInForce(parameters);
  if (responseMode === 'web_message' && !client.webOrigins.includes(new URL(redirectUri).origin)) {
    throw new OAuthError(
      'invalid_request',
      'web_message needs the origin of the redirect_uri among the web_origins of the client',
    );
  }
  return {
    redirectUri,
    redirectUriSent: parameters.redirectUri !== undefined,
    responseMode,
    ...(parameters.state === undefined ? {} : { state: parameters.state }),
  } as ReturnAddress;
}

function resolveRedirectUri(parameters: AuthorizationParameters, client: Client): string {
  const { redirectUri } = parameters;
  if (redirectUri === undefined) {
    const only = client.redirectUris.length === 1 ? client.redirectUris[0] : undefined;
    // OIDC Core §3.1.2.1: REQUIRED in an OpenID request.
    if (only === undefined || words(parameters.scope).includes('openid')) {
      throw new OAuthError('invalid_request', 'redirect_uri is missing');
    }
    return only;
  }
  if (!isRegisteredRedirectUri(redirectUri, client.redirectUris, client.applicationType)) {
    throw new OAuthError('invalid_request', 'redirect_uri is not registered for this client');
  }
  return redirectUri;
}

function modeInForce({ responseType, responseMode }: AuthorizationParameters): ResponseMode {
  const known = responseType === undefined ? undefined : readResponseType(responseType);
  const withToken = known === undefined ? hasTokenWord(responseType) : defaultResponseMode(known) === 'fragment';
  if (isResponseMode(responseMode) && !(responseMode === 'query' && withToken)) return responseMode;
  return withToken ? 'fragment' : 'query';
}

/** An unknown response type that names a token is still answered where tokens would go. */
const hasTokenWord = (responseType: string | undefined): boolean =>
  words(responseType).some((word) => isSubset([word], ['token', 'id_token']));
