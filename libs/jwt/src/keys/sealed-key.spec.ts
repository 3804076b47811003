import { randomBytes } from 'node:crypto';
import { InvalidKeyError } from '../invalid-key-error.js';
import { isSealedUnder, openPrivateKey, sealPrivateKey, type SealedSigningKey } from './sealed-key.js';
import { generateSigningKey, type SigningKey } from './signing-key.js';

const rowOf = (key: SigningKey, kek: Buffer): SealedSigningKey => ({
  kid: key.kid,
  alg: key.alg,
  publicJwk: key.publicJwk,
  sealed: sealPrivateKey(key, kek),
});

describe('sealed signing keys', () => {
  const [kek, otherKek] = [randomBytes(32), randomBytes(32)];

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('accepts a %s row that it sealed', async (alg) => {
    const key = await generateSigningKey(alg);
    const opened = openPrivateKey(rowOf(key, kek), kek);
    expect(opened.privateKey.equals(key.privateKey)).toBe(true);
    expect(opened.publicJwk).toEqual(key.publicJwk);
  });

  it('accepts rows of two KEKs and tells which are to be sealed anew', async () => {
    const key = await generateSigningKey('ES256');
    const [old, recent] = [rowOf(key, otherKek), rowOf(key, kek)];
    for (const row of [old, recent]) expect(openPrivateKey(row, [kek, otherKek]).kid).toBe(key.kid);
    expect([old, recent].map((row) => isSealedUnder(row.sealed, kek))).toEqual([false, true]);
  });

  it('refuses a wrong KEK, and one of a wrong size', async () => {
    const row = rowOf(await generateSigningKey('ES256'), kek);
    expect(() => openPrivateKey(row, otherKek)).toThrow(InvalidKeyError);
    expect(() => openPrivateKey(row, [])).toThrow(InvalidKeyError);
    expect(() => openPrivateKey(row, randomBytes(16))).toThrow(/32 bytes/);
  });

  it('refuses ciphertexts that changed places, an altered alg and an altered public key', async () => {
    const [one, two] = [rowOf(await generateSigningKey('ES256'), kek), rowOf(await generateSigningKey('ES256'), kek)];
    expect(() => openPrivateKey({ ...one, sealed: two.sealed }, kek)).toThrow(/another row/);
    expect(() => openPrivateKey({ ...one, alg: 'RS256' }, kek)).toThrow(/another row/);
    expect(() => openPrivateKey({ ...one, publicJwk: two.publicJwk }, kek)).toThrow(/public key/);
  });

  it('refuses every altered byte and every shortening', async () => {
    const row = rowOf(await generateSigningKey('EdDSA'), kek);
    for (let at = 0; at < row.sealed.length; at += 1) {
      const altered = Buffer.from(row.sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => openPrivateKey({ ...row, sealed: altered }, kek)).toThrow(InvalidKeyError);
      expect(() => openPrivateKey({ ...row, sealed: row.sealed.subarray(0, at) }, kek)).toThrow(InvalidKeyError);
    }
  });

  it('shows nothing of the private key in the sealed bytes', async () => {
    const key = await generateSigningKey('EdDSA');
    const d = Buffer.from(key.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    expect(d).toHaveLength(32);
    expect(sealPrivateKey(key, kek).includes(d)).toBe(false);
  });
});
