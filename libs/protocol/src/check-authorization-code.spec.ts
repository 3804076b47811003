import { CALLBACK, CHALLENGE, refusalOf } from './builders.spec-support.js';
import { checkAuthorizationCode, type CodeProof } from './check-authorization-code.js';
import { s256 } from './hashes.js';
import type { AuthorizationCode } from './model/grant.js';

/** RFC 7636 Appendix B: the verifier of `CHALLENGE`. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const refusal = (code: Partial<AuthorizationCode>, proof: CodeProof): string | undefined =>
  refusalOf(() =>
    checkAuthorizationCode(
      { grantId: 'g', clientId: 'web', redirectUri: CALLBACK, redirectUriSent: true, ...code },
      proof,
    ),
  );

describe('the redirect_uri of an exchange', () => {
  it('accepts the one of the request', () => {
    expect(refusal({}, { redirectUri: CALLBACK })).toBeUndefined();
  });
  it('refuses its absence when the request named it', () => {
    expect(refusal({}, {})).toBe('invalid_grant');
  });
  it('accepts its absence when the request did not name it, and its presence when equal', () => {
    expect(refusal({ redirectUriSent: false }, {})).toBeUndefined();
    expect(refusal({ redirectUriSent: false }, { redirectUri: CALLBACK })).toBeUndefined();
  });
  it.each([`${CALLBACK}/`, 'HTTPS://rp.example/cb', 'https://rp.example:443/cb', ''])('refuses %j', (redirectUri) => {
    expect(refusal({}, { redirectUri })).toBe('invalid_grant');
    expect(refusal({ redirectUriSent: false }, { redirectUri })).toBe('invalid_grant');
  });
});

describe('the code_verifier of an exchange', () => {
  const redirectUri = CALLBACK;
  const challenged = { codeChallenge: CHALLENGE };

  it('accepts the pair of RFC 7636 Appendix B', () => {
    expect(refusal(challenged, { redirectUri, codeVerifier: VERIFIER })).toBeUndefined();
  });
  it('refuses a missing verifier when there was a challenge', () => {
    expect(refusal(challenged, { redirectUri })).toBe('invalid_grant');
  });
  it('refuses a verifier when there was no challenge', () => {
    expect(refusal({}, { redirectUri, codeVerifier: VERIFIER })).toBe('invalid_grant');
  });
  it('refuses another verifier, and the challenge itself, which would be plain', () => {
    expect(refusal(challenged, { redirectUri, codeVerifier: VERIFIER.replace('d', 'e') })).toBe('invalid_grant');
    expect(refusal(challenged, { redirectUri, codeVerifier: CHALLENGE })).toBe('invalid_grant');
  });
  it.each([
    ['42 characters', 'a'.repeat(42)],
    ['129 characters', 'a'.repeat(129)],
    ['a forbidden character', `${'a'.repeat(42)}+`],
    ['white space at the end', `${'a'.repeat(43)}\n`],
    ['a character outside ASCII', 'ä'.repeat(43)],
    ['nothing', ''],
  ])('refuses a verifier of %s even when its hash fits', (_what, codeVerifier) => {
    expect(refusal({ codeChallenge: s256(codeVerifier) }, { redirectUri, codeVerifier })).toBe('invalid_grant');
  });
  it.each([43, 128])('accepts a verifier of %s characters', (length) => {
    const codeVerifier = '-._~aZ09'.repeat(16).slice(0, length);
    expect(refusal({ codeChallenge: s256(codeVerifier) }, { redirectUri, codeVerifier })).toBeUndefined();
  });
});
