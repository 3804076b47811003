import { OAuthError } from '../../oauth-error.js';
import type { Check } from './check.js';

/** Whole seconds below 2^31; anything else would be guessed at. */
export const maxAge: Check = ({ parameters }) => {
  const { maxAge: text } = parameters;
  if (text === undefined) return;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2_147_483_647)
    throw new OAuthError('invalid_request', 'max_age is not a number of seconds');
};
