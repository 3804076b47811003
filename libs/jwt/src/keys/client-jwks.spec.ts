import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { InvalidKeyError } from '../invalid-key-error.js';
import { checkClientJwks } from './client-jwks.js';
import type { PublicJwk } from './public-jwk.js';
import { rocaKey } from './roca-key.spec-support.js';
import { generateSigningKey } from './signing-key.js';

const publicJwk = (key: ReturnType<typeof rocaKey>): object => createPublicKey(key).export({ format: 'jwk' });

describe('the keys that a client registers', () => {
  let rsa: PublicJwk;
  let ec: PublicJwk;
  beforeAll(async () => {
    rsa = (await generateSigningKey('RS256')).publicJwk;
    ec = (await generateSigningKey('ES256')).publicJwk;
  });

  it('accepts a JWK Set, or its array, and keeps known members only', () => {
    const decorated = { ...rsa, x5c: ['MII'], x5u: 'https://evil.example/', key_ops: ['verify'] };
    expect(checkClientJwks({ keys: [decorated] })).toEqual([{ ...rsa, key_ops: ['verify'] }]);
    expect(checkClientJwks([rsa, ec])).toEqual([rsa, ec]);
    expect(checkClientJwks({ keys: [] })).toEqual([]);
  });

  it('accepts encryption keys', () => {
    const enc = [
      { ...rsa, kid: 'e1', use: 'enc', alg: 'RSA-OAEP-256' },
      { ...ec, kid: 'e2', use: 'enc', alg: 'ECDH-ES' },
      { ...generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }), kid: 'e3', use: 'enc', alg: 'ECDH-ES' },
    ];
    expect(checkClientJwks({ keys: [rsa, ...enc] })).toHaveLength(4);
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    ['what is no JWK Set', () => 'keys', /array keys/],
    ['a set without keys', () => ({}), /array keys/],
    ['a symmetric key', () => [{ kty: 'oct', k: 'AAAA' }], /oct/],
    ['a private RSA key', () => [{ ...rsa, d: 'AQAB' }], /private member d/],
    ['an RSA prime', () => [{ ...rsa, p: 'AQAB' }], /private member p/],
    ['17 keys', () => Array.from({ length: 17 }, (_, i) => ({ ...ec, kid: `${i}` })), /16 keys/],
    ['more than 64 kB', () => [{ ...ec, x5c: ['A'.repeat(65_536)] }], /too large/],
    [
      'RSA of 1024 bits',
      () => [generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })],
      /2048/,
    ],
    ['the exponent 1', () => [{ ...rsa, e: 'AQ' }], /65537|valid/],
    ['a ROCA key', () => [publicJwk(rocaKey())], /ROCA/],
    ['two keys with one kid', () => [rsa, { ...ec, kid: rsa.kid }], /same kid/],
    ['several keys of which one lacks alg', () => [rsa, { ...ec, alg: undefined }], /needs alg/],
    ['an alg that does not fit the key', () => [{ ...rsa, alg: 'ES256' }], /fit/],
    ['an alg of HMAC', () => [{ ...rsa, alg: 'HS256' }], /not supported/],
    ['a use of our invention', () => [{ ...rsa, use: 'fun' }], /use/],
    ['a kid that is a number', () => [{ ...rsa, kid: 7 }], /kid/],
    ['a kid of 257 characters', () => [{ ...rsa, kid: 'k'.repeat(257) }], /kid/],
    ['a key that is an array', () => [[rsa]], /object/],
  ])('refuses %s', (_name, jwks, message) => {
    expect(() => checkClientJwks(jwks())).toThrow(InvalidKeyError);
    expect(() => checkClientJwks(jwks())).toThrow(message);
  });
});
