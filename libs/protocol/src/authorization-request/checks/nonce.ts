import { OAuthError } from '../../oauth-error.js';
import { partsOf, readResponseType } from '../../response-type.js';
import type { Check } from './check.js';

/** OIDC Core §3.2.2.1, §3.3.2.11: REQUIRED when an ID token comes from the authorization endpoint. */
export const nonce: Check = ({ parameters }) => {
  const responseType = readResponseType(parameters.responseType ?? '');
  const withIdToken = responseType !== undefined && partsOf(responseType).includes('id_token');
  if (withIdToken && parameters.nonce === undefined) {
    throw new OAuthError('invalid_request', 'nonce is required when an ID token is asked for');
  }
};
