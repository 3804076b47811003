import { OAuthError } from '../../oauth-error.js';
import { partsOf, readResponseType } from '../../response-type.js';
import { isIdentityScope } from '../../user-claims.js';
import { words } from '../../words.js';
import type { Check } from './check.js';

const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** RFC 6749 §3.3 syntax; an ID token needs `openid` (OIDC Core §3.1.2.1); unknown scopes are ignored unless nothing is left. */
export const scope: Check = ({ parameters, apis }) => {
  const asked = words(parameters.scope);
  if (asked.some((word) => !SCOPE_TOKEN.test(word)))
    throw new OAuthError('invalid_scope', 'scope has a forbidden character');
  const responseType = readResponseType(parameters.responseType ?? '');
  if (responseType !== undefined && partsOf(responseType).includes('id_token') && !asked.includes('openid')) {
    throw new OAuthError('invalid_scope', 'response_type with id_token needs the scope openid');
  }
  const known = asked.filter((word) => isIdentityScope(word) || apis.some((api) => Object.hasOwn(api.scopes, word)));
  if (asked.length > 0 && known.length === 0) throw new OAuthError('invalid_scope', 'none of the scopes is known');
};
