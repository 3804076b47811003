import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { algorithmFitsKey, isSigningAlg, type SigningAlg } from '../algorithms.js';
import { InvalidKeyError } from '../invalid-key-error.js';
import { publicKeyOf } from './key-policy.js';
import { thumbprint, type PublicJwk } from './public-jwk.js';

/** A private key with all that a header and a key set say of it. `kid` is the RFC 7638 thumbprint of our own keys. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

const generate = promisify(generateKeyPair);

/** Makes a new key off the event loop: RSA 2048, P-256 or Ed25519. */
export async function generateSigningKey(alg: SigningAlg): Promise<SigningKey> {
  const { privateKey } = await generateFor(alg);
  return signingKey(alg, privateKey);
}

function generateFor(alg: SigningAlg): Promise<{ readonly privateKey: KeyObject }> {
  switch (alg) {
    case 'RS256':
    case 'PS256':
      return generate('rsa', { modulusLength: 2048, publicExponent: 65537 });
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generate('ed25519');
  }
}

/** Dresses a private KeyObject as a signing key; refuses one that the policy would refuse to verify. */
export function signingKey(alg: SigningAlg, privateKey: KeyObject, kid?: string): SigningKey {
  const { kty, crv, n, e, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  const members = { kty: kty ?? '', crv, n, e, x, y };
  if (!algorithmFitsKey(alg, members)) throw new InvalidKeyError(`the key does not fit ${alg}`);
  const id = kid ?? thumbprint(members);
  // JSON drops the members that this key type does not have
  const publicJwk = JSON.parse(JSON.stringify({ ...members, kid: id, use: 'sig', alg })) as PublicJwk;
  publicKeyOf(publicJwk);
  return { kid: id, alg, privateKey, publicJwk };
}

/** Reads a private JWK, such as a client's own key file. Its `alg` is required, its `kid` kept. */
export function importSigningKey(jwk: unknown): SigningKey {
  if (typeof jwk !== 'object' || jwk === null) throw new InvalidKeyError('a private JWK must be an object');
  const { alg, kid }: { alg?: unknown; kid?: unknown } = jwk;
  if (!isSigningAlg(alg)) throw new InvalidKeyError('alg of the private JWK must be RS256, PS256, ES256 or EdDSA');
  if (kid !== undefined && typeof kid !== 'string') throw new InvalidKeyError('kid must be a string');
  try {
    return signingKey(alg, createPrivateKey({ key: { ...jwk }, format: 'jwk' }), kid);
  } catch (error) {
    if (error instanceof InvalidKeyError) throw error;
    throw new InvalidKeyError('the JWK is not a valid private key');
  }
}

/** The JWKS document of these keys: public members only, each kid once (RFC 7517 §5). */
export function jwkSet(keys: readonly Pick<SigningKey, 'kid' | 'publicJwk'>[]): {
  readonly keys: readonly PublicJwk[];
} {
  return { keys: [...new Map(keys.map((key) => [key.kid, key.publicJwk])).values()] };
}
