import { constants, KeyObject, sign } from 'node:crypto';
import type { SigningAlg } from '../algorithms.js';
import { InvalidKeyError } from '../invalid-key-error.js';
import { SMALLEST_RSA_BITS } from '../keys/key-policy.js';
import type { SigningKey } from '../keys/signing-key.js';

/** How an algorithm is said to node:crypto (RFC 7518 §3.3–3.5, RFC 8037 §3.1). */
interface Scheme {
  readonly hash: 'sha256' | null;
  readonly keyType: string;
  readonly options?: { readonly padding: number; readonly saltLength: number } | { readonly dsaEncoding: 'ieee-p1363' };
}

const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
const SCHEMES: Readonly<Record<SigningAlg, Scheme>> = {
  RS256: { hash: 'sha256', keyType: 'rsa' },
  PS256: { hash: 'sha256', keyType: 'rsa', options: { padding, saltLength } },
  ES256: { hash: 'sha256', keyType: 'ec', options: { dsaEncoding: 'ieee-p1363' } },
  EdDSA: { hash: null, keyType: 'ed25519' },
};

const segment = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** The compact JWS (RFC 7515 §7.1) in one call of OpenSSL; why that is not left to the JWT library: docs/decisions/021. */
export function signCompact(header: object, claims: object, { alg, privateKey }: SigningKey): string {
  const { hash, keyType, options } = SCHEMES[alg];
  checkKey(privateKey, alg, keyType);
  const input = `${segment(header)}.${segment(claims)}`;
  return `${input}.${sign(hash, Buffer.from(input), { key: privateKey, ...options }).toString('base64url')}`;
}

function checkKey(key: unknown, alg: SigningAlg, keyType: string): void {
  const fits = key instanceof KeyObject && key.type === 'private' && key.asymmetricKeyType === keyType;
  if (!fits) throw new InvalidKeyError(`the key can not sign with ${alg}`);
  const { modulusLength = SMALLEST_RSA_BITS, namedCurve = 'prime256v1' } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < SMALLEST_RSA_BITS || namedCurve !== 'prime256v1')
    throw new InvalidKeyError(`the key can not sign with ${alg}`);
}
