import { OAuthError } from '../../oauth-error.js';
import type { Check } from './check.js';

/** RFC 6749 §3.1: parameters must not be sent more than once. */
export const repetition: Check = ({ parameters }) => {
  if (parameters.repeated.length > 0) throw new OAuthError('invalid_request', 'a parameter was sent more than once');
};
