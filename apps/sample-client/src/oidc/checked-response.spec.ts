import { generateSigningKey, TokenSigner } from '@tandem/jwt';
import type { SigningKey } from '@tandem/jwt';
import { halfHash } from '@tandem/protocol';
import { checkIdToken, checkResponse, RefusedResponse } from './checked-response.js';
import type { ResponseExpectation } from './checked-response.js';
import { readResponseParameters } from './response-parameters.js';
import { checkAccessTokenHash, checkRefreshedIdToken, checkSecondIdToken } from './second-tokens.js';

const NOW = 1_795_000_000;
const ISSUER = 'https://op.example/';
const CODE = 'ac_Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk';
const ACCESS_TOKEN = 'at_jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
const signer = new TokenSigner();

describe('authorization response', () => {
  let key: SigningKey;
  let otherKey: SigningKey;
  let edKey: SigningKey;
  beforeAll(async () => {
    [key, otherKey, edKey] = await Promise.all([
      generateSigningKey('RS256'),
      generateSigningKey('RS256'),
      generateSigningKey('EdDSA'),
    ]);
  });

  const expectation = (changes: Partial<ResponseExpectation> = {}): ResponseExpectation => ({
    ...{ issuer: ISSUER, clientId: 'demo-web', state: 'state-1', nonce: 'nonce-1' },
    responseType: 'code id_token token',
    keys: [key.publicJwk, edKey.publicJwk],
    now: NOW,
    ...changes,
  });

  const idToken = (claims: Readonly<Record<string, unknown>> = {}, by: SigningKey = key): string => {
    const all: Record<string, unknown> = {
      ...{ iss: ISSUER, sub: 'usr_1', aud: 'demo-web', iat: NOW - 5, exp: NOW + 300, nonce: 'nonce-1' },
      ...{ c_hash: halfHash(CODE, by.alg), at_hash: halfHash(ACCESS_TOKEN, by.alg) },
      ...claims,
    };
    return signer.sign('id_token', JSON.parse(JSON.stringify(all)) as object, by);
  };

  const response = (changes: Readonly<Record<string, string | undefined>> = {}): ReadonlyMap<string, string> => {
    const all = {
      ...{ code: CODE, id_token: idToken(), access_token: ACCESS_TOKEN, token_type: 'Bearer' },
      ...{ state: 'state-1', iss: ISSUER },
      ...changes,
    };
    return new Map(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
  };

  /** Every refusal must come from a rule, never from a crash. */
  const refusal = (parameters: ReadonlyMap<string, string>, changes: Partial<ResponseExpectation> = {}): string => {
    try {
      checkResponse(parameters, expectation(changes));
    } catch (error) {
      if (error instanceof RefusedResponse) return error.rule;
      throw error;
    }
    return 'accepted';
  };

  it('accepts a whole one and shows how the hashes come about', () => {
    const { code, accessToken, idToken: verified, hashes } = checkResponse(response(), expectation());
    expect([code, accessToken, verified?.claims.sub]).toEqual([CODE, ACCESS_TOKEN, 'usr_1']);
    expect(hashes.map(({ claim, hash, holds }) => [claim, hash, holds])).toEqual([
      ['c_hash', 'SHA-256', true],
      ['at_hash', 'SHA-256', true],
    ]);
    const [c] = hashes;
    expect(c?.digestHex.startsWith(c.leftHalfHex)).toBe(true);
    expect(Buffer.from(c?.leftHalfHex ?? '', 'hex').toString('base64url')).toBe(c?.inToken);
  });

  it('accepts the half of SHA-512 from an EdDSA token', () => {
    const { hashes } = checkResponse(response({ id_token: idToken({}, edKey) }), expectation());
    expect(hashes.map(({ hash, leftHalfHex }) => [hash, leftHalfHex.length])).toEqual([
      ['SHA-512', 64],
      ['SHA-512', 64],
    ]);
  });

  it('accepts each response type with exactly its parts', () => {
    const idTokenOnly = { access_token: undefined, token_type: undefined };
    expect(refusal(response(idTokenOnly), { responseType: 'code id_token' })).toBe('accepted');
    expect(refusal(response({ id_token: undefined }), { responseType: 'code token' })).toBe('accepted');
    expect(refusal(response({ ...idTokenOnly, id_token: undefined }), { responseType: 'code' })).toBe('accepted');
  });

  it.each(['code', 'id_token', 'access_token'])(
    'refuses a response without its %s, or with one unasked for',
    (name) => {
      expect(refusal(response({ [name]: undefined }))).toContain(`${name} is missing`);
      const without = { code: 'id_token token', id_token: 'code token', access_token: 'code id_token' }[name] as string;
      expect(refusal(response(), { responseType: without })).toContain(`${name} is missing or was not asked for`);
    },
  );

  it.each([
    ['another code', { code: `${CODE}x` }, 'c_hash does not fit'],
    ['another access token', { access_token: `${ACCESS_TOKEN}x` }, 'at_hash does not fit'],
    ['another state', { state: 'state-2' }, 'state is not'],
    ['no state', { state: undefined }, 'state is not'],
    ['another iss', { iss: 'https://evil.example/' }, 'another issuer'],
    ['an iss without its slash', { iss: 'https://op.example' }, 'another issuer'],
    ['no iss', { iss: undefined }, 'another issuer'],
    ['another token type', { token_type: 'DPoP' }, 'unknown type'],
    ['a malformed ID token', { id_token: 'a.b.c' }, 'ID token is refused'],
    ['an empty ID token', { id_token: '' }, 'ID token is refused'],
  ])('refuses %s', (_what, changes, rule) => {
    expect(refusal(response(changes))).toContain(rule);
  });

  it.each([
    ['without nonce', { nonce: undefined }, 'nonce'],
    ['with another nonce', { nonce: 'nonce-2' }, 'nonce'],
    ['without c_hash', { c_hash: undefined }, 'c_hash does not fit'],
    ['without at_hash', { at_hash: undefined }, 'at_hash does not fit'],
    ['with the c_hash of another hash', { c_hash: halfHash(CODE, 'RS512') }, 'c_hash does not fit'],
    ['with a c_hash that is no text', { c_hash: 7 }, 'c_hash does not fit'],
    ['of another issuer', { iss: 'https://evil.example/' }, 'ID token is refused'],
    ['for another client', { aud: 'other' }, 'ID token is refused'],
    ['for several parties without azp', { aud: ['demo-web', 'other'] }, 'names no azp'],
    ['with another azp', { aud: ['demo-web', 'other'], azp: 'other' }, 'azp'],
    ['that has expired', { iat: NOW - 400, exp: NOW - 90 }, 'ID token is refused'],
    ['that is from the future', { iat: NOW + 120 }, 'ID token is refused'],
    ['that was kept back', { iat: NOW - 700 }, 'too old'],
  ])('refuses an ID token %s', (_what, claims, rule) => {
    expect(refusal(response({ id_token: idToken(claims) }))).toContain(rule);
  });

  it('refuses a signature by another key, a changed one, and none', () => {
    const [header = '', claims = '', signature = ''] = idToken().split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`;
    const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    for (const jwt of [idToken({}, otherKey), `${header}.${claims}.${flipped}`, none])
      expect(refusal(response({ id_token: jwt }))).toContain('ID token is refused');
  });

  it('refuses the parts of two responses put together', () => {
    const other = 'ac_SplxlOBeZQQYbYS6WxSbIA';
    const theirs = idToken({ c_hash: halfHash(other, 'RS256') });
    expect(refusal(response({ code: other, id_token: theirs }))).toBe('accepted');
    expect(refusal(response({ code: CODE, id_token: theirs }))).toContain('c_hash does not fit');
  });

  it('tells the provider’s error, after making sure that it is the provider’s', () => {
    const error = { ...{ code: undefined, id_token: undefined, access_token: undefined }, error: 'access_denied' };
    const told = { ...error, error_description: 'x'.repeat(5_000) };
    expect(refusal(response(told))).toHaveLength(300);
    expect(refusal(response({ ...told, iss: 'https://evil.example/' }))).toContain('another issuer');
    expect(refusal(response({ ...told, state: 'other' }))).toContain('state is not');
  });

  it('refuses a parameter that came twice, and endless responses', () => {
    expect(readResponseParameters('code=a&state=%20b').get('state')).toBe(' b');
    expect(() => readResponseParameters('state=a&state=a')).toThrow('came twice');
    expect(() => readResponseParameters('a'.repeat(40_000))).toThrow('too long');
  });

  describe('second ID token', () => {
    const first = { iss: ISSUER, sub: 'usr_1', aud: 'demo-web', nonce: 'nonce-1', auth_time: NOW - 5 };

    it('accepts the same sign-in', () => {
      expect(checkSecondIdToken(first, { ...first, iat: NOW, at_hash: 'x' })).toHaveLength(1);
    });

    it.each([
      ['iss', { iss: 'https://evil.example/' }],
      ['sub', { sub: 'usr_2' }],
      ['aud', { aud: ['demo-web', 'other'] }],
      ['nonce', { nonce: 'nonce-2' }],
      ['nonce', { nonce: undefined }],
      ['auth_time', { auth_time: NOW }],
    ])('refuses another %s', (claim, changes) => {
      expect(() => checkSecondIdToken(first, { ...first, ...changes } as never)).toThrow(`${claim} differs`);
    });

    it('accepts an absent at_hash, and refuses a wrong one', () => {
      const verified = (claims: Readonly<Record<string, unknown>>) =>
        checkIdToken(idToken(claims), expectation(), 'nonce-1');
      expect(checkAccessTokenHash(ACCESS_TOKEN, verified({ at_hash: undefined }))).toBeUndefined();
      expect(checkAccessTokenHash(ACCESS_TOKEN, verified({}))?.holds).toBe(true);
      expect(() => checkAccessTokenHash(`${ACCESS_TOKEN}x`, verified({}))).toThrow('at_hash');
    });

    it('accepts a refreshed one without nonce and auth_time, and refuses another user', () => {
      const { nonce: _nonce, auth_time: _time, ...refreshed } = first;
      expect(() => checkRefreshedIdToken(first, refreshed)).not.toThrow();
      expect(() => checkRefreshedIdToken(first, { ...refreshed, sub: 'usr_2' })).toThrow('sub');
      expect(() => checkRefreshedIdToken(first, { ...refreshed, nonce: 'nonce-2' })).toThrow('nonce');
    });
  });
});
