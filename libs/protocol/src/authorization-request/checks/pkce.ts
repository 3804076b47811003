import { OAuthError } from '../../oauth-error.js';
import { partsOf, readResponseType } from '../../response-type.js';
import type { Check } from './check.js';

const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** RFC 7636: S256 only; required of public clients and where the client's registration says so, honoured always. */
export const pkce: Check = ({ parameters, client }) => {
  const { codeChallenge, codeChallengeMethod } = parameters;
  const responseType = readResponseType(parameters.responseType ?? '');
  const withCode = responseType !== undefined && partsOf(responseType).includes('code');
  if (codeChallenge === undefined) {
    if (codeChallengeMethod !== undefined) throw new OAuthError('invalid_request', 'code_challenge is missing');
    const required = client.requirePkce || client.profile === 'fapi2' || client.tokenEndpointAuthMethod === 'none';
    if (withCode && required) throw new OAuthError('invalid_request', 'this client must send a code_challenge');
    return;
  }
  // RFC 7636 §4.3: an absent method means plain.
  if (codeChallengeMethod !== 'S256') throw new OAuthError('invalid_request', 'code_challenge_method must be S256');
  if (!CHALLENGE.test(codeChallenge))
    throw new OAuthError('invalid_request', 'code_challenge is not a SHA-256 in base64url');
};
