import { OAuthError } from '../../oauth-error.js';
import { words } from '../../words.js';
import type { Check } from './check.js';

const LIMITS = {
  state: 2_048,
  nonce: 512,
  scope: 2_048,
  loginHint: 512,
  acrValues: 1_024,
  uiLocales: 256,
  claimsLocales: 256,
} as const;
const MAXIMUM_SCOPES = 50;

/** Bounds on what is kept or repeated: long enough for every profile's tests, short enough to hold. */
export const lengths: Check = ({ parameters }) => {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const value = parameters[name as keyof typeof LIMITS];
    if (value !== undefined && value.length > limit) throw new OAuthError('invalid_request', 'a parameter is too long');
  }
  if (words(parameters.scope).length > MAXIMUM_SCOPES) throw new OAuthError('invalid_scope', 'too many scopes');
};
