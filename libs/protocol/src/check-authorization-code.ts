import { timingSafeEqual } from 'node:crypto';
import { s256 } from './hashes.js';
import type { AuthorizationCode } from './model/grant.js';
import { OAuthError } from './oauth-error.js';

/** What a client sends along with a code. */
export interface CodeProof {
  readonly redirectUri?: string;
  readonly codeVerifier?: string;
}

/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

const equal = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/**
 * Checks what binds a taken code to the request that got it: the redirect_uri (RFC 6749 §4.1.3) and the verifier
 * (RFC 7636 §4.6), with the three rules against a downgrade (RFC 9700 §2.1.1).
 *
 * @throws OAuthError `invalid_grant`.
 */
export function checkAuthorizationCode(code: AuthorizationCode, proof: CodeProof): void {
  if (code.redirectUriSent && proof.redirectUri === undefined)
    throw new OAuthError('invalid_grant', 'redirect_uri is missing');
  if (proof.redirectUri !== undefined && proof.redirectUri !== code.redirectUri) {
    throw new OAuthError('invalid_grant', 'redirect_uri is not the one that the code was issued for');
  }
  if (code.codeChallenge === undefined) {
    if (proof.codeVerifier !== undefined)
      throw new OAuthError('invalid_grant', 'the code was issued without a code_challenge');
    return;
  }
  if (proof.codeVerifier === undefined) throw new OAuthError('invalid_grant', 'code_verifier is missing');
  if (!VERIFIER.test(proof.codeVerifier) || !equal(s256(proof.codeVerifier), code.codeChallenge)) {
    throw new OAuthError('invalid_grant', 'code_verifier does not fit the code_challenge');
  }
}
