import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { halfHash, s256, storedHash } from './hashes.js';

describe('half hashes', () => {
  it('shows the c_hash and at_hash of OIDC Core Appendix A.3, A.4 and A.6', () => {
    const code = 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk';
    const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
    expect(halfHash(code, 'RS256')).toBe('LDktKdoQak3Pk0cnXxCltA');
    expect(halfHash(accessToken, 'RS256')).toBe('77QmUPtjPfzWtF2AnpK9RQ');
  });

  it.each([
    ['RS256', 'sha256', 22],
    ['PS256', 'sha256', 22],
    ['ES256', 'sha256', 22],
    ['ES384', 'sha384', 32],
    ['RS512', 'sha512', 43],
    ['PS512', 'sha512', 43],
    ['ES512', 'sha512', 43],
    ['EdDSA', 'sha512', 43],
    ['Ed25519', 'sha512', 43],
  ])('accepts %s with the left half of %s', (alg, hash, length) => {
    const digest = createHash(hash).update('the value').digest();
    const left = digest.toString('hex').slice(0, digest.length);
    expect(halfHash('the value', alg)).toBe(Buffer.from(left, 'hex').toString('base64url'));
    expect(halfHash('the value', alg)).toHaveLength(length);
  });

  it.each(['none', 'HS256', 'rs256', ''])('refuses alg %j, which has no hash here', (alg) => {
    expect(() => halfHash('x', alg)).toThrow('no hash is defined');
  });

  it('shows another hash after any change of one bit of the value', () => {
    const value = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
    fc.assert(
      fc.property(value, fc.nat(), fc.nat(6), fc.constantFrom('RS256', 'ES384', 'EdDSA'), (text, at, bit, alg) => {
        const bytes = Buffer.from(text);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] as number) ^ (1 << bit);
        return halfHash(bytes.toString('latin1'), alg) !== halfHash(text, alg);
      }),
    );
  });
});

describe('other hashes', () => {
  it('shows the code_challenge of RFC 7636 Appendix B', () => {
    expect(s256('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  it('shows the SHA-256 of FIPS 180 for what is stored', () => {
    expect(storedHash('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
