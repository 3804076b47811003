import { algorithmFitsKey, type VerificationAlg } from '../algorithms.js';
import type { PublicJwk } from './public-jwk.js';

/** Keys tried for a token without `kid`: bounds the work that one assertion can cause. */
const MOST_TRIED = 16;

const mayBeUsedFor = (jwk: PublicJwk, use: 'sig' | 'enc', operations: readonly string[]): boolean =>
  (jwk.use === undefined || jwk.use === use) &&
  (jwk.key_ops === undefined || jwk.key_ops.some((operation) => operations.includes(operation)));

/** The keys that may verify a token: by kid if it names one, and fit for the algorithm and for signatures. */
export function keysForToken(
  keys: readonly PublicJwk[],
  kid: string | undefined,
  alg: VerificationAlg,
): readonly PublicJwk[] {
  return keys
    .filter(
      (jwk) =>
        (kid === undefined || jwk.kid === kid) &&
        (jwk.alg === undefined || jwk.alg === alg) &&
        algorithmFitsKey(alg, jwk) &&
        mayBeUsedFor(jwk, 'sig', ['verify']),
    )
    .slice(0, MOST_TRIED);
}

/** Operations of a key that a content key is encrypted to (RFC 7517 §4.3). */
const ENCRYPTING = ['encrypt', 'wrapKey', 'deriveKey', 'deriveBits'];

/** The first of a recipient's keys that a token can be encrypted to; undefined when it has none. */
export function encryptionKeyFor(keys: readonly PublicJwk[], alg: 'RSA-OAEP-256' | 'ECDH-ES'): PublicJwk | undefined {
  return keys.find(
    (jwk) =>
      (jwk.alg === undefined || jwk.alg === alg) &&
      (alg === 'RSA-OAEP-256' ? jwk.kty === 'RSA' : jwk.kty === 'EC' || jwk.crv === 'X25519') &&
      mayBeUsedFor(jwk, 'enc', ENCRYPTING),
  );
}
