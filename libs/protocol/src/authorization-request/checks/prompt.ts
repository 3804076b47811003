import { OAuthError } from '../../oauth-error.js';
import { words } from '../../words.js';
import { PROMPTS } from '../authorization-request.js';
import type { Check } from './check.js';

/** OIDC Core §3.1.2.1: `none` stands alone; unknown values are refused so that no wish is silently dropped. */
export const prompt: Check = ({ parameters }) => {
  const asked = words(parameters.prompt);
  if (asked.some((word) => !(PROMPTS as readonly string[]).includes(word)))
    throw new OAuthError('invalid_request', 'prompt has an unknown value');
  if (asked.includes('none') && asked.length > 1) throw new OAuthError('invalid_request', 'prompt none stands alone');
};
