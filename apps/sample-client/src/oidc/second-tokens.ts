import type { TokenClaims, VerifiedToken } from '@tandem/jwt';
import { checkHash, RefusedResponse } from './checked-response.js';
import type { HashCheck } from './checked-response.js';

const same = (first: unknown, second: unknown): boolean => JSON.stringify(first) === JSON.stringify(second);

/** OIDC Core §3.3.3.6: the second ID token must name the same user at the same issuer, and the same sign-in. */
export function checkSecondIdToken(first: TokenClaims, second: TokenClaims): readonly string[] {
  for (const claim of ['iss', 'sub', 'aud', 'nonce', 'auth_time'] as const) {
    if (first[claim] !== undefined && !same(first[claim], second[claim]))
      throw new RefusedResponse(`${claim} differs between the two ID tokens`);
  }
  return ['iss, sub, aud, nonce and auth_time are the same in both ID tokens'];
}

/** OIDC Core §12.2: a refreshed ID token is about the same sign-in; it needs no nonce, but not another one. */
export function checkRefreshedIdToken(first: TokenClaims, refreshed: TokenClaims): void {
  for (const claim of ['iss', 'sub', 'aud', 'auth_time', 'nonce'] as const) {
    const mayBeAbsent = claim === 'nonce' || claim === 'auth_time';
    if (mayBeAbsent && refreshed[claim] === undefined) continue;
    if (!same(first[claim], refreshed[claim])) throw new RefusedResponse(`${claim} of the refreshed ID token differs`);
  }
}

/** OIDC Core §3.1.3.8, §3.3.3.9: optional in the token endpoint's ID token, but if it is there it must fit. */
export function checkAccessTokenHash(accessToken: string, { header, claims }: VerifiedToken): HashCheck | undefined {
  const hash = checkHash('at_hash', accessToken, header.alg, claims);
  if (hash.inToken === undefined) return undefined;
  if (!hash.holds) throw new RefusedResponse('at_hash of the second ID token does not fit');
  return hash;
}
