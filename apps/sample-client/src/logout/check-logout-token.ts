import { InvalidTokenError, TokenVerifier } from '@tandem/jwt';
import type { TokenClaims } from '@tandem/jwt';
import type { PublicJwk } from '@tandem/protocol';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

const verifier = TokenVerifier.create();

/** What a logout token must be about. */
export interface LogoutExpectation {
  readonly issuer: string;
  /** Our registrations. */
  readonly clientIds: readonly string[];
  readonly keys: readonly PublicJwk[];
  readonly now: number;
}

/** Posted to us at once, or kept by the bus until we were there. */
export type LogoutTokenKind = 'logout_token' | 'kept_logout_token';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Back-Channel Logout §2.6, but for the replay: signature, type, issuer, audience, times, the event, and no nonce.
 *
 * @throws InvalidTokenError.
 */
export function checkLogoutToken(
  token: string,
  expected: LogoutExpectation,
  kind: LogoutTokenKind = 'logout_token',
): TokenClaims & { readonly jti: string } {
  const { claims } = verifier.verify(kind, token, {
    keys: expected.keys,
    algorithms: ALGORITHMS,
    issuer: expected.issuer,
    audience: (audience: unknown) => [audience].flat().some((member) => expected.clientIds.includes(member as string)),
    now: expected.now,
    clockToleranceSeconds: 30,
  });
  const { events, jti } = claims;
  if (!isObject(events) || !isObject(events[EVENT])) throw new InvalidTokenError('bad_claims', 'events');
  return { ...claims, jti: jti as string };
}
