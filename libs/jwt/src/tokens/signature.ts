import { verify as verifyBytes } from 'node:crypto';
import { NotBeforeError, TokenExpiredError, type JwtService } from '@nestjs/jwt';
import type { VerificationAlg } from '../algorithms.js';
import { InvalidKeyError } from '../invalid-key-error.js';
import type { InvalidTokenReason } from '../invalid-token-error.js';
import { publicKeyOf } from '../keys/key-policy.js';
import type { PublicJwk } from '../keys/public-jwk.js';
import { asLibraryPublicKey } from '../library-options.js';

/** A token in canonical form, the algorithm pinned for it, and the clock for the library's own look at `exp`. */
export interface SignedToken {
  readonly token: string;
  readonly signature: Buffer;
  readonly alg: VerificationAlg;
  readonly now: number;
  readonly ignoreExpiration: boolean;
}

/** Our own check of the times decides; the library's stands behind it and must not be narrower. */
export const LARGEST_TOLERANCE_SECONDS = 300;

/** Why the token does not verify with this key; undefined when it does. Foreign exceptions end here. */
export function signatureRefusal(jwt: JwtService, signed: SignedToken, jwk: PublicJwk): InvalidTokenReason | undefined {
  try {
    const key = publicKeyOf(jwk);
    if (signed.alg === 'EdDSA') {
      const input = Buffer.from(signed.token.slice(0, signed.token.lastIndexOf('.')));
      return verifyBytes(null, input, key, signed.signature) ? undefined : 'bad_signature';
    }
    jwt.verify(signed.token, {
      publicKey: asLibraryPublicKey(key),
      algorithms: [signed.alg],
      clockTimestamp: signed.now,
      clockTolerance: LARGEST_TOLERANCE_SECONDS,
      ignoreExpiration: signed.ignoreExpiration,
    });
    return undefined;
  } catch (error) {
    if (error instanceof InvalidKeyError) return 'weak_key';
    if (error instanceof TokenExpiredError) return 'expired';
    return error instanceof NotBeforeError ? 'not_yet_valid' : 'bad_signature';
  }
}
