import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { forge, segment } from '../forge.spec-support.js';
import { InvalidKeyError } from '../invalid-key-error.js';
import { LIBRARY_OPTIONS } from '../library-options.js';
import { claims, es, forged, header, options, reason, rs, signer, verifier } from './access-token.spec-support.js';
import { TokenVerifier } from './token-verifier.js';
import type { VerifyOptions } from './token-verifier.js';

describe('keys and algorithms', () => {
  it('refuses HS256 keyed with any spelling of the public key, and none (J1, J3, T53)', () => {
    const jwk = rs.publicJwk;
    const publicKey = createPublicKey(rs.privateKey);
    const secrets = [
      publicKey.export({ format: 'pem', type: 'spki' }),
      publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(jwk),
      Buffer.from(jwk.n ?? '', 'base64url'),
      jwk.n ?? '',
    ];
    for (const secret of secrets) {
      const token = forge(header({ alg: 'HS256' }), claims, secret);
      expect(reason(token)).toBe('wrong_algorithm');
      const careless = { algorithms: ['HS256', 'RS256'], keys: [{ ...jwk, alg: undefined }] };
      expect(reason(token, careless)).toBe('wrong_algorithm');
      expect(reason(forge(header(), claims, secret))).toBe('bad_signature');
    }
    for (const alg of ['none', 'nOnE', 'None', '']) {
      expect(reason(forged({ alg }), { algorithms: ['none', 'RS256'] })).toBe('wrong_algorithm');
      expect(reason(`${segment(header({ alg }))}.${segment(claims)}.`)).toBe('malformed');
    }
  });

  it('refuses another algorithm than the agreed one, and one that the key is not for', () => {
    const es256 = signer.sign('access_token', claims, es);
    expect(reason(es256)).toBe('wrong_algorithm');
    expect(reason(es256, { algorithms: ['RS256', 'ES256'] })).toBe('accepted');
    const ps256 = forge(header({ alg: 'PS256' }), claims, rs.privateKey, 'PS256');
    expect(reason(ps256, { algorithms: ['PS256'] })).toBe('wrong_algorithm');
    const unlabelled = { ...rs.publicJwk, alg: undefined };
    expect(reason(ps256, { algorithms: ['PS256'], keys: [unlabelled] })).toBe('accepted');
  });

  it.each(['RS384', 'RS512', 'PS384', 'PS512'] as const)('accepts %s of an RSA key', (alg) => {
    const token = forge(header({ alg }), claims, rs.privateKey, alg);
    expect(reason(token, { algorithms: [alg], keys: [{ ...rs.publicJwk, alg }] })).toBe('accepted');
  });

  it.each([
    ['ES384', 'P-384'],
    ['ES512', 'P-521'],
  ])('accepts %s and refuses it on another curve', (alg, namedCurve) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    const jwk = { kty: 'EC', ...publicKey.export({ format: 'jwk' }), kid: rs.kid };
    expect(reason(forge(header({ alg }), claims, privateKey, alg), { algorithms: [alg], keys: [jwk] })).toBe(
      'accepted',
    );
    const es256 = forge(header({ alg: 'ES256' }), claims, privateKey, 'ES256');
    expect(reason(es256, { algorithms: ['ES256'], keys: [jwk] })).toBe('wrong_algorithm');
  });

  it('refuses a key whose use or key_ops are not for verifying (J8)', () => {
    const token = signer.sign('access_token', claims, rs);
    for (const change of [{ use: 'enc' }, { key_ops: ['encrypt'] }, { key_ops: [] }]) {
      expect(reason(token, { keys: [{ ...rs.publicJwk, ...change }] })).toBe('wrong_algorithm');
    }
    expect(reason(token, { keys: [{ ...rs.publicJwk, use: undefined, key_ops: ['verify'] }] })).toBe('accepted');
  });

  it('refuses an unknown kid, no kid, and no keys', () => {
    expect(reason(forged({ kid: 'other' }))).toBe('unknown_key');
    expect(reason(forged({ kid: undefined }))).toBe('bad_header');
    expect(reason(signer.sign('access_token', claims, rs), { keys: [] })).toBe('unknown_key');
  });

  it('refuses expectations that are undefined or empty instead of skipping the check (J3, J4)', () => {
    const token = signer.sign('access_token', claims, rs);
    const mistakes: Partial<VerifyOptions>[] = [
      { algorithms: [] },
      { issuer: undefined },
      { issuer: '' },
      { audience: undefined },
      { audience: '' },
      { now: Number.NaN },
      { now: 0 },
      { clockToleranceSeconds: Infinity },
    ];
    for (const mistake of mistakes) {
      expect(() => verifier.verify('access_token', token, { ...options, ...mistake })).toThrow(TypeError);
    }
  });

  it.each([
    {},
    { secret: 'left over' },
    { ...LIBRARY_OPTIONS, secretOrPrivateKey: 'left over' },
    { ...LIBRARY_OPTIONS, signOptions: {} },
  ])('refuses to start on a JwtService with the options %j (J2)', (left) => {
    expect(() => new TokenVerifier(new JwtService(left))).toThrow(InvalidKeyError);
  });
});
