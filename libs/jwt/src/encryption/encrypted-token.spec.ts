import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { CLAIMS, NOW, segment } from '../forge.spec-support.js';
import { InvalidKeyError } from '../invalid-key-error.js';
import { InvalidTokenError } from '../invalid-token-error.js';
import { encryptionKeyFor } from '../keys/choose-keys.js';
import { checkClientJwks } from '../keys/client-jwks.js';
import type { PublicJwk } from '../keys/public-jwk.js';
import { generateSigningKey } from '../keys/signing-key.js';
import { TokenSigner } from '../tokens/token-signer.js';
import { TokenVerifier } from '../tokens/token-verifier.js';
import {
  decryptToken,
  ENCRYPTION_ENCS,
  encryptToken,
  type DecryptionKey,
  type EncryptionAlg,
} from './encrypted-token.js';

const jwkOf = (key: KeyObject, members: object): PublicJwk => {
  const [jwk] = checkClientJwks([{ ...createPublicKey(key).export({ format: 'jwk' }), use: 'enc', ...members }]);
  return jwk as PublicJwk;
};
const keyFor = (alg: EncryptionAlg, privateKey: KeyObject, kid: string): [DecryptionKey, PublicJwk] => [
  { kid, alg, privateKey },
  jwkOf(privateKey, { kid, alg }),
];
const rsa = keyFor('RSA-OAEP-256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'r');
const p256 = keyFor('ECDH-ES', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'e');
const x25519 = keyFor('ECDH-ES', generateKeyPairSync('x25519').privateKey, 'x');
const keys = [rsa[0], p256[0], x25519[0]];

const reason = async (jwe: string): Promise<string> => {
  try {
    await decryptToken(jwe, { keys });
    return 'accepted';
  } catch (error) {
    if (error instanceof InvalidTokenError) return error.reason;
    throw error;
  }
};
const encrypted = (header: object, key: KeyObject, plaintext = 'x.y.z'): Promise<string> =>
  new CompactEncrypt(Buffer.from(plaintext)).setProtectedHeader(header as never).encrypt(key);

describe('encrypted tokens', () => {
  const cases = [rsa, p256, x25519].flatMap(([own, jwk]) =>
    ENCRYPTION_ENCS.map((enc) => [own.alg, jwk.kty, enc, jwk] as const),
  );
  it.each(cases)('accepts what it encrypts with %s (%s) and %s', async (alg, _kty, enc, jwk) => {
    const key = await generateSigningKey('ES256');
    const token = new TokenSigner().sign('id_token', CLAIMS.id_token, key);
    const jwe = await encryptToken(token, { alg, enc, jwk });
    const decrypted = await decryptToken(jwe, { keys });
    expect(decrypted).toEqual({ plaintext: token, kid: jwk.kid, contentType: 'JWT' });
    const options = { keys: [key.publicJwk], algorithms: ['ES256'], now: NOW };
    expect(TokenVerifier.create().verify('id_token', decrypted.plaintext, options).claims.sub).toBe('alice');
  });

  it('refuses to encrypt to a key for signatures, of another type, or a weak one', async () => {
    const { publicJwk } = await generateSigningKey('RS256');
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' }) as PublicJwk;
    for (const jwk of [publicJwk, p256[1], weak]) {
      await expect(encryptToken('x', { alg: 'RSA-OAEP-256', enc: 'A256GCM', jwk })).rejects.toThrow(InvalidKeyError);
    }
    expect(encryptionKeyFor([publicJwk, p256[1], rsa[1]], 'RSA-OAEP-256')).toBe(rsa[1]);
    expect(encryptionKeyFor([publicJwk], 'ECDH-ES')).toBeUndefined();
  });

  it('refuses PBES2 with a thousand million rounds in less than 50 ms (T58)', async () => {
    const header = { alg: 'PBES2-HS256+A128KW', enc: 'A256GCM', p2c: 1e9, p2s: 'AAAAAAAAAAA' };
    const jwe = [segment(header), ...Array.from({ length: 4 }, () => 'AAAAAAAAAAAAAAAA')].join('.');
    const started = performance.now();
    expect(await reason(jwe)).toBe('bad_header');
    expect(await reason(jwe.replace(segment(header), segment({ alg: header.alg, enc: header.enc })))).toBe(
      'wrong_algorithm',
    );
    expect(performance.now() - started).toBeLessThan(50);
  });

  it('refuses compressed plaintext (T58)', async () => {
    const header = { alg: 'RSA-OAEP-256', enc: 'A256GCM', zip: 'DEF' };
    expect(await reason(await encrypted(header, createPublicKey(rsa[0].privateKey), 'x'.repeat(1_000)))).toBe(
      'bad_header',
    );
  });

  it.each(['RSA1_5', 'RSA-OAEP', 'dir', 'A128KW', 'ECDH-ES+A128KW', 'none', 7])('refuses the alg %s', async (alg) => {
    const jwe = [segment({ alg, enc: 'A256GCM' }), 'AAAA', 'AAAA', 'AAAA', 'AAAA'].join('.');
    expect(await reason(jwe)).toBe('wrong_algorithm');
  });

  it('refuses another enc, an unknown kid, crit and a header key', async () => {
    const publicKey = createPublicKey(rsa[0].privateKey);
    expect(await reason(await encrypted({ alg: 'RSA-OAEP-256', enc: 'A128GCM' }, publicKey))).toBe('wrong_algorithm');
    expect(await reason(await encrypted({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: '?' }, publicKey))).toBe(
      'unknown_key',
    );
    for (const member of [{ crit: ['x'] }, { jwk: rsa[1] }, { jku: 'https://evil.example/' }]) {
      const jwe = [segment({ alg: 'RSA-OAEP-256', enc: 'A256GCM', ...member }), 'AAAA', 'AAAA', 'AAAA', 'AAAA'].join(
        '.',
      );
      expect(await reason(jwe)).toBe('bad_header');
    }
  });

  it('refuses every changed segment and what is no JWE, with our own error', async () => {
    const jwe = await encryptToken('x.y.z', { alg: 'RSA-OAEP-256', enc: 'A256GCM', jwk: rsa[1] });
    const segments = jwe.split('.');
    for (const at of [1, 2, 3, 4]) {
      const bytes = Buffer.from(segments[at] ?? '', 'base64url');
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      expect(await reason(segments.with(at, bytes.toString('base64url')).join('.'))).toBe('bad_encryption');
    }
    for (const at of [0, 2, 3, 4]) expect(await reason(segments.with(at, '').join('.'))).toBe('malformed');
    for (const bad of [
      '',
      'a.b.c',
      '....',
      `${jwe}=`,
      `${jwe}.`,
      '.'.repeat(100_000),
      segments.with(0, 'bnVsbA').join('.'),
    ]) {
      expect(await reason(bad)).toBe('malformed');
    }
  });
});
