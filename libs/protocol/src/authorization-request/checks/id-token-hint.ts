import { OAuthError } from '../../oauth-error.js';
import type { Check } from './check.js';

/** A hint must be an ID token of ours for this client, expired or not (OIDC Core §3.1.2.1). It never authenticates. */
export const idTokenHint: Check = ({ hint }) => {
  if (hint === 'invalid')
    throw new OAuthError('invalid_request', 'id_token_hint is not an ID token issued to this client');
};
