import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { InvalidKeyError } from '../invalid-key-error.js';
import { publicKeyOf } from './key-policy.js';
import type { PublicJwk } from './public-jwk.js';
import { rocaKey } from './roca-key.spec-support.js';
import { generateSigningKey } from './signing-key.js';

const asJwk = (key: Parameters<typeof createPublicKey>[0]): PublicJwk =>
  createPublicKey(key).export({ format: 'jwk' }) as PublicJwk;
const rsa = (modulusLength: number, publicExponent = 65537): PublicJwk =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' }) as PublicJwk;
const ec = (namedCurve: string): PublicJwk =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' }) as PublicJwk;

describe('the key policy', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('accepts our own %s key and loads it once', async (alg) => {
    const { publicJwk } = await generateSigningKey(alg);
    expect(publicKeyOf(publicJwk).type).toBe('public');
    expect(publicKeyOf(publicJwk)).toBe(publicKeyOf(publicJwk));
  });

  it.each(['P-256', 'P-384', 'P-521'])('accepts a key on %s', (curve) => {
    expect(publicKeyOf(ec(curve)).asymmetricKeyType).toBe('ec');
  });

  const sound = rsa(2048);
  const p256 = ec('P-256');
  it.each<readonly [string, PublicJwk, RegExp]>([
    ['RSA of 1024 bits', rsa(1024), /2048 bits/],
    ['RSA with the exponent 3', rsa(2048, 3), /65537/],
    ['RSA with the exponent 1', { ...sound, e: 'AQ' }, /65537|not a valid/],
    ['RSA beyond 8192 bits', { ...sound, n: Buffer.alloc(1200, 0xff).toString('base64url') }, /8192/],
    ['a ROCA key', asJwk(rocaKey()), /ROCA/],
    ['secp256k1', ec('secp256k1'), /crv/],
    ['a point that is not on its curve', { ...p256, y: p256.x }, /not a valid/],
    ['a padded member', { ...sound, n: `${sound.n}=` }, /n must be base64url/],
    ['a missing member', { kty: 'EC', crv: 'P-256', x: p256.x }, /y is missing/],
    ['an unknown type', { kty: 'oct' }, /kty/],
  ])('refuses %s', (_name, jwk, message) => {
    expect(() => publicKeyOf(jwk)).toThrow(InvalidKeyError);
    expect(() => publicKeyOf(jwk)).toThrow(message);
  });
});
