import { OAuthError } from '../../oauth-error.js';
import type { Check } from './check.js';

/** Unknown modes, and `query` for a response with a token, are refused (Multiple Response Types §3.0, RFC 9700 §2.1.2). */
export const responseMode: Check = ({ parameters, returnAddress }) => {
  if (parameters.responseMode !== undefined && parameters.responseMode !== returnAddress.responseMode) {
    throw new OAuthError('invalid_request', 'response_mode is unknown or not allowed with this response_type');
  }
};
