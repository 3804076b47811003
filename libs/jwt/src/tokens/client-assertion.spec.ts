import { createHash, createPublicKey, generateKeyPairSync, verify as bareVerify, type KeyObject } from 'node:crypto';
import { API, CLAIMS, forge, NOW, reasonOf, segment } from '../forge.spec-support.js';
import type { PublicJwk } from '../keys/public-jwk.js';
import { rocaKey } from '../keys/roca-key.spec-support.js';
import { generateSigningKey, type SigningKey } from '../keys/signing-key.js';
import { exactAudience, onlyAudiences } from './audience.js';
import { readHeader, readUnverifiedClaims } from './compact-form.js';
import { TokenVerifier, type VerifyOptions } from './token-verifier.js';

const verifier = TokenVerifier.create();
const claims = CLAIMS.client_assertion;
const EVIL = 'https://evil.example/';
const TOKEN_ENDPOINT = 'http://localhost:3000/oauth/token';

const jwkOf = (key: KeyObject): PublicJwk => createPublicKey(key).export({ format: 'jwk' }) as PublicJwk;
const verify = (token: string, keys: readonly PublicJwk[], change: Partial<VerifyOptions> = {}): string =>
  reasonOf(() =>
    verifier.verify('client_assertion', token, {
      keys,
      algorithms: ['RS256'],
      issuer: 'demo-web',
      audience: API,
      now: NOW,
      ...change,
    }),
  );

/** RSASSA-PKCS1-v1_5 before the private operation (RFC 8017 §9.2); with e = 1 that is the signature itself. */
function encodedMessage(input: string): Buffer {
  const sha256Info = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const digest = Buffer.concat([sha256Info, createHash('sha256').update(input).digest()]);
  return Buffer.concat([Buffer.of(0, 1), Buffer.alloc(256 - digest.length - 3, 0xff), Buffer.of(0), digest]);
}

describe('a client assertion', () => {
  let key: SigningKey;
  beforeAll(async () => {
    key = await generateSigningKey('RS256');
  });
  const made = (payload: object = {}, header: object = {}): string =>
    forge({ alg: 'RS256', ...header }, { ...claims, ...payload }, key.privateKey);

  it('accepts one without kid by trying the keys that fit, 16 at most', async () => {
    const others = await Promise.all(Array.from({ length: 16 }, () => generateSigningKey('ES256')));
    const bare = { ...key.publicJwk, kid: undefined };
    expect(verify(made(), [...others.map((other) => other.publicJwk), bare])).toBe('accepted');
    const stranger = { ...(await generateSigningKey('RS256')).publicJwk, kid: undefined };
    expect(verify(made(), [stranger, bare])).toBe('accepted');
    expect(verify(made(), [stranger])).toBe('bad_signature');
    expect(verify(made(), [...Array.from({ length: 16 }, () => stranger), bare])).toBe('bad_signature');
    expect(
      verify(
        made(),
        others.map((other) => other.publicJwk),
      ),
    ).toBe('unknown_key');
  });

  it.each([undefined, 'JWT', 'jwt', 'client-authentication+jwt'])('accepts the typ %s', (typ) => {
    expect(verify(made({}, { typ, kid: key.kid }), [key.publicJwk])).toBe('accepted');
  });

  it.each(['at+jwt', 'logout+jwt', 'oauth-authz-req+jwt', 'dpop+jwt'])('refuses the typ %s', (typ) => {
    expect(verify(made({}, { typ }), [key.publicJwk])).toBe('wrong_type');
  });

  it.each<readonly [string, object, string]>([
    ['a life of 5 minutes', { exp: NOW + 300 }, 'accepted'],
    ['no iat, and 5 minutes to live', { iat: undefined, exp: NOW + 300 }, 'accepted'],
    ['no iat, and an hour to live', { iat: undefined, exp: NOW + 3_600 }, 'bad_claims'],
    ['an hour to live', { exp: NOW + 3_600 }, 'bad_claims'],
    ['exp of 1e308', { exp: 1e308 }, 'bad_claims'],
    ['exp 5 minutes ago', { iat: NOW - 400, exp: NOW - 300 }, 'expired'],
    ['nbf 8 seconds ahead', { nbf: NOW + 8 }, 'accepted'],
    ['nbf 61 seconds ahead', { nbf: NOW + 61 }, 'not_yet_valid'],
    ['iat an hour ahead', { iat: NOW + 3_600, exp: NOW + 3_700 }, 'not_yet_valid'],
    ['no jti', { jti: undefined }, 'bad_claims'],
    ['no sub', { sub: undefined }, 'bad_claims'],
    ['another issuer', { iss: 'other' }, 'wrong_issuer'],
  ])('tells of %s (T51, T52)', (_name, change, expected) => {
    expect(verify(made(change), [key.publicJwk])).toBe(expected);
  });

  it('refuses an audience with any foreign member (D5, T50)', () => {
    const ours = onlyAudiences([API, TOKEN_ENDPOINT]);
    const outcome = (aud: unknown, audience: VerifyOptions['audience']): string =>
      verify(made({ aud }), [key.publicJwk], { audience });
    for (const aud of [API, TOKEN_ENDPOINT, [API], [API, TOKEN_ENDPOINT]]) expect(outcome(aud, ours)).toBe('accepted');
    for (const aud of [EVIL, [API, EVIL]]) {
      expect(outcome(aud, ours)).toBe('wrong_audience');
      expect(outcome(aud, API)).toBe('wrong_audience');
    }
    for (const aud of [[], 7, null, { a: API }]) expect(outcome(aud, ours)).toBe('bad_claims');
    expect(outcome(API, exactAudience(API))).toBe('accepted');
    for (const aud of [[API], TOKEN_ENDPOINT]) expect(outcome(aud, exactAudience(API))).toBe('wrong_audience');
  });

  it('refuses a signature that the exponent 1 makes out of nothing', () => {
    const input = `${segment({ alg: 'RS256' })}.${segment(claims)}`;
    const jwk = { ...key.publicJwk, e: 'AQ' };
    const signature = encodedMessage(input);
    // The right reason: bare OpenSSL is content with this signature that needed no private key
    const bareKey = createPublicKey({ key: { kty: jwk.kty, n: jwk.n, e: jwk.e }, format: 'jwk' });
    expect(bareVerify('sha256', Buffer.from(input), bareKey, signature)).toBe(true);
    expect(verify(`${input}.${segment(signature)}`, [jwk])).toBe('weak_key');
  });

  it('refuses good signatures of ROCA keys and of short keys (J8, T57)', () => {
    for (const weak of [rocaKey(), generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey]) {
      expect(verify(forge({ alg: 'RS256' }, claims, weak), [jwkOf(weak)])).toBe('weak_key');
    }
  });

  it('refuses a key that the header brings along (T54)', async () => {
    const attacker = await generateSigningKey('RS256');
    const token = forge({ alg: 'RS256', jwk: attacker.publicJwk }, claims, attacker.privateKey);
    expect(verify(token, [key.publicJwk])).toBe('bad_header');
  });

  it('shows header and claims before verification only of a canonical token (J11)', () => {
    const token = made({}, { kid: 'k1' });
    expect(readHeader(token)).toEqual({ alg: 'RS256', kid: 'k1' });
    expect(readUnverifiedClaims(token)).toEqual(claims);
    for (const read of [readHeader, readUnverifiedClaims]) {
      for (const bad of ['', 'a.b.c', `${token}=`, token.slice(1)]) expect(reasonOf(() => read(bad))).toBe('malformed');
    }
    expect(reasonOf(() => readHeader(made({}, { jku: EVIL })))).toBe('bad_header');
  });
});

describe('a request object', () => {
  it('accepts several audiences and a missing exp, unless the caller needs it', async () => {
    const key = await generateSigningKey('ES256');
    const request = { iss: 'demo-web', aud: [API, EVIL], client_id: 'demo-web', response_type: 'code' };
    const options = { keys: [key.publicJwk], algorithms: ['ES256'], issuer: 'demo-web', audience: API, now: NOW };
    const outcome = (payload: object, change: Partial<VerifyOptions> = {}): string =>
      reasonOf(() =>
        verifier.verify('request_object', forge({ alg: 'ES256' }, payload, key.privateKey, 'ES256'), {
          ...options,
          ...change,
        }),
      );
    expect(outcome(request)).toBe('accepted');
    expect(outcome({ ...request, iss: undefined, aud: undefined })).toBe('accepted');
    expect(outcome({ ...request, aud: EVIL })).toBe('wrong_audience');
    expect(outcome({ ...request, iss: 'other' })).toBe('wrong_issuer');
    expect(outcome(request, { requiredClaims: ['exp', 'nbf'] })).toBe('bad_claims');
    const fapi = { ...request, nbf: NOW - 60, exp: NOW + 60 };
    expect(outcome(fapi, { requiredClaims: ['exp', 'nbf'] })).toBe('accepted');
    expect(outcome({ ...fapi, nbf: NOW - 3_600 })).toBe('bad_claims');
    expect(outcome({ ...fapi, exp: NOW + 3_700 })).toBe('bad_claims');
  });
});
