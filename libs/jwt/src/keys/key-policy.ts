import { createPublicKey, type KeyObject } from 'node:crypto';
import { InvalidKeyError } from '../invalid-key-error.js';
import { keyMembers, type PublicJwk } from './public-jwk.js';
import { hasRocaFingerprint } from './roca.js';

export const SMALLEST_RSA_BITS = 2048;
// Verification grows with the square of the modulus: a 16384-bit key would be a way to burn our CPU.
const LARGEST_RSA_BITS = 8192;
const CURVES: Readonly<Record<string, readonly string[]>> = {
  EC: ['P-256', 'P-384', 'P-521'],
  OKP: ['Ed25519', 'X25519'],
};

// By identity of the JWK object: building a KeyObject and looking for ROCA costs more than a verification.
const checked = new WeakMap<PublicJwk, KeyObject | InvalidKeyError>();

/** The KeyObject of a public JWK that the key policy admits; InvalidKeyError otherwise. Cached per JWK object. */
export function publicKeyOf(jwk: PublicJwk): KeyObject {
  let result = checked.get(jwk);
  if (result === undefined) {
    result = load(jwk);
    checked.set(jwk, result);
  }
  if (result instanceof InvalidKeyError) throw result;
  return result;
}

function load(jwk: PublicJwk): KeyObject | InvalidKeyError {
  try {
    const curves = CURVES[jwk.kty];
    if (curves !== undefined && !curves.includes(jwk.crv ?? '')) {
      throw new InvalidKeyError(`crv must be ${curves.join(', ')}`);
    }
    const key = createPublicKey({ key: keyMembers(jwk), format: 'jwk' });
    if (jwk.kty === 'RSA') checkRsa(key, jwk.n ?? '');
    return key;
  } catch (error) {
    // OpenSSL says why in its own words, which helps nobody who reads a JWK
    return error instanceof InvalidKeyError ? error : new InvalidKeyError('the key is not a valid public key');
  }
}

function checkRsa(key: KeyObject, modulus: string): void {
  const { modulusLength = 0, publicExponent } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < SMALLEST_RSA_BITS) throw new InvalidKeyError(`RSA needs ${SMALLEST_RSA_BITS} bits or more`);
  if (modulusLength > LARGEST_RSA_BITS) throw new InvalidKeyError(`RSA may have ${LARGEST_RSA_BITS} bits at most`);
  if (publicExponent !== 65537n) throw new InvalidKeyError('the RSA exponent must be 65537');
  if (hasRocaFingerprint(Buffer.from(modulus, 'base64url'))) {
    throw new InvalidKeyError('the RSA key is a ROCA key (CVE-2017-15361): make a new one elsewhere');
  }
}
