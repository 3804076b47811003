import { OAuthError } from '../../oauth-error.js';
import { readResponseType } from '../../response-type.js';
import type { Check } from './check.js';

/** RFC 6749 §3.1.1 and Multiple Response Types; only those that the client registered. */
export const responseType: Check = ({ parameters, client }) => {
  if (parameters.responseType === undefined) throw new OAuthError('invalid_request', 'response_type is missing');
  const known = readResponseType(parameters.responseType);
  if (known === undefined) throw new OAuthError('unsupported_response_type', 'response_type is not supported');
  if (client.profile === 'fapi2' && known !== 'code') {
    throw new OAuthError('unauthorized_client', 'the profile of this client allows response_type code only');
  }
  if (!client.responseTypes.includes(known)) {
    throw new OAuthError('unauthorized_client', 'response_type is not registered for this client');
  }
};
