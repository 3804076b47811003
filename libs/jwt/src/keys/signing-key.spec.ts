import { calculateJwkThumbprint } from 'jose';
import { InvalidKeyError } from '../invalid-key-error.js';
import { thumbprint } from './public-jwk.js';
import { generateSigningKey, importSigningKey, jwkSet, signingKey } from './signing-key.js';

const ALGS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

describe('signing keys', () => {
  it.each(ALGS)('issues a %s key whose kid is the thumbprint that jose computes', async (alg) => {
    const key = await generateSigningKey(alg);
    expect(key.kid).toBe(await calculateJwkThumbprint({ ...key.publicJwk, key_ops: undefined }));
    expect(key.kid).toBe(thumbprint(key.publicJwk));
    expect(key.publicJwk).toMatchObject({ kid: key.kid, alg, use: 'sig' });
  });

  it('shows a key set without private members, each key once', async () => {
    const keys = await Promise.all(ALGS.map(generateSigningKey));
    const set = jwkSet([...keys, ...keys]);
    expect(set.keys.map((jwk) => jwk.kid)).toEqual(keys.map((key) => key.kid));
    for (const jwk of set.keys) expect(Object.keys(jwk)).not.toEqual(expect.arrayContaining(['d']));
    expect(JSON.stringify(set)).not.toMatch(/"(d|p|q|dp|dq|qi|k)":/);
  });

  it('accepts a private JWK with its own kid', async () => {
    const { privateKey } = await generateSigningKey('ES256');
    const jwk = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', kid: 'my key' };
    expect(importSigningKey(jwk)).toMatchObject({ kid: 'my key', alg: 'ES256' });
  });

  it('refuses a key that does not fit its algorithm, and what is no private JWK', async () => {
    const { privateKey, publicJwk } = await generateSigningKey('ES256');
    expect(() => signingKey('RS256', privateKey)).toThrow(InvalidKeyError);
    for (const jwk of [publicJwk, null, 'x', { kty: 'oct', k: 'AAAA', alg: 'HS256' }, { kty: 'RSA', alg: 'RS256' }]) {
      expect(() => importSigningKey(jwk)).toThrow(InvalidKeyError);
    }
  });
});
