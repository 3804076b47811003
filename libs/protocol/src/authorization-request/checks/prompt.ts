import { OAuthError } from '../../oauth-error.js';
import { words } from '../../words.js';
import type { Check } from './check.js';

/**
 * OIDC Core §3.1.2.1: `none` stands alone; unknown values are refused so that no wish is silently dropped, and so is
 * `create` where nobody can sign up (Initiating User Registration §4.1).
 */
export const prompt: Check = ({ parameters, prompts }) => {
  const asked = words(parameters.prompt);
  if (asked.some((word) => !(prompts as readonly string[]).includes(word)))
    throw new OAuthError('invalid_request', 'prompt has an unknown value');
  if (asked.includes('none') && asked.length > 1) throw new OAuthError('invalid_request', 'prompt none stands alone');
};
