import fc from 'fast-check';
import { API, forge, ISSUER, NOW } from '../forge.spec-support.js';
import type { InvalidTokenReason } from '../invalid-token-error.js';
import { claims, es, header, options, reason, rs, verifier, withClaims } from './access-token.spec-support.js';

function errorOf(attempt: () => unknown): Error {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was refused');
}

describe('the claims (J7, T52, T64)', () => {
  it.each<readonly [string, object, InvalidTokenReason | 'accepted']>([
    ['no exp', { exp: undefined }, 'bad_claims'],
    ['exp as text', { exp: `${NOW + 60}` }, 'bad_claims'],
    ['exp of 1e308', { exp: 1e308 }, 'bad_claims'],
    ['exp with a fraction', { exp: NOW + 0.5 }, 'bad_claims'],
    ['a negative exp', { exp: -1 }, 'bad_claims'],
    ['exp beyond the life of the kind', { exp: NOW + 86_401 }, 'bad_claims'],
    ['exp now', { iat: NOW - 300, exp: NOW }, 'expired'],
    ['exp long ago', { iat: NOW - 5_000, exp: NOW - 4_000 }, 'expired'],
    ['exp in a second', { iat: NOW - 300, exp: NOW + 1 }, 'accepted'],
    ['no iat', { iat: undefined }, 'bad_claims'],
    ['iat a day ahead', { iat: NOW + 86_400, exp: NOW + 86_500 }, 'not_yet_valid'],
    ['iat 8 seconds ahead', { iat: NOW + 8 }, 'accepted'],
    ['iat 61 seconds ahead', { iat: NOW + 61 }, 'not_yet_valid'],
    ['nbf 8 seconds ahead', { nbf: NOW + 8 }, 'accepted'],
    ['nbf 61 seconds ahead', { nbf: NOW + 61 }, 'not_yet_valid'],
    ['nbf an hour ahead', { nbf: NOW + 3_600, exp: NOW + 3_700 }, 'not_yet_valid'],
    ['nbf as text', { nbf: 'now' }, 'bad_claims'],
    ['no sub', { sub: undefined }, 'bad_claims'],
    ['a sub that is a number', { sub: 7 }, 'bad_claims'],
    ['no jti', { jti: undefined }, 'bad_claims'],
    ['another issuer', { iss: 'http://localhost:3000' }, 'wrong_issuer'],
    ['an issuer that is an array', { iss: [ISSUER] }, 'bad_claims'],
    ['another audience', { aud: 'https://other.example/' }, 'wrong_audience'],
    ['an audience whose text contains ours', { aud: `${API}x` }, 'wrong_audience'],
    ['an audience that is an object', { aud: { 0: API } }, 'bad_claims'],
    ['an audience with a number in it', { aud: [API, 7] }, 'bad_claims'],
    ['an empty audience', { aud: [] }, 'bad_claims'],
    ['no audience', { aud: undefined }, 'bad_claims'],
  ])('tells of %s', (_name, change, expected) => {
    expect(reason(withClaims(change))).toBe(expected);
  });

  it('accepts an expired token within the tolerance that the caller gives', () => {
    const token = withClaims({ iat: NOW - 300, exp: NOW - 5 });
    expect(reason(token, { clockToleranceSeconds: 10 })).toBe('accepted');
    expect(reason(token, { clockToleranceSeconds: 5 })).toBe('expired');
  });

  it('accepts only what a function says of the audience, and needs the claims that the caller names', () => {
    const token = withClaims({});
    expect(reason(token, { audience: (aud) => Array.isArray(aud) && aud.length === 2 })).toBe('accepted');
    expect(reason(token, { audience: () => false })).toBe('wrong_audience');
    expect(reason(token, { requiredClaims: ['acr'] })).toBe('bad_claims');
  });

  it('refuses payloads that are no object, with our own error', () => {
    for (const payload of ['null', '"text"', '[]', '7', 'true', '{', '', '{"exp":1', 'not json']) {
      expect(reason(forge(header(), payload, rs.privateKey))).toBe('malformed');
    }
    const notUtf8 = Buffer.concat([Buffer.from('{"sub":"'), Buffer.of(0xff), Buffer.from('"}')]);
    expect(reason(forge(header(), notUtf8, rs.privateKey))).toBe('malformed');
  });

  it.each([
    '"__proto__":{"admin":true}',
    '"\\u005f_proto__":{"admin":true}',
    '"constructor":{"prototype":{"admin":true}}',
    '"prototype":1',
    '"a":[{"b":{"__proto__":{}}}]',
    `"a":${'['.repeat(2_000)}{"constructor":1}${']'.repeat(2_000)}`,
  ])('refuses the name in %j (T64)', (member) => {
    const payload = `${JSON.stringify(claims).slice(0, -1)},${member}}`;
    expect(reason(forge(header(), payload, rs.privateKey))).toBe('bad_claims');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('accepts such words as values', () => {
    expect(reason(withClaims({ name: '__proto__', role: 'constructor', note: '\u0001' }))).toBe('accepted');
  });

  it('never shows the contents of a token in an error', () => {
    const secret = 'SECRET-MARKER';
    const tokens = [
      forge(header({ [secret]: 1 }), claims, rs.privateKey),
      forge(header({ kid: secret }), claims, rs.privateKey),
      forge(header({ typ: secret }), claims, rs.privateKey),
      forge(header(), `{"a":${secret}}`, rs.privateKey),
      withClaims({ iss: secret }),
      withClaims({ aud: secret }),
      withClaims({ exp: secret }),
      withClaims({ __proto: secret, jti: undefined }),
      `${secret}.${secret}.${secret}`,
    ];
    for (const token of tokens) {
      const error = errorOf(() => verifier.verify('access_token', token, options));
      expect(`${error.message}${error.stack}${JSON.stringify(error)}`).not.toContain(secret);
      expect(error).not.toHaveProperty('cause');
      expect(error).toHaveProperty('name', 'InvalidTokenError');
    }
  });
});

describe('the times of an access token', () => {
  const DAY = 86_400;
  const SKEW = 10;
  /** A distance to `now`, mostly beside one of the limits that count. */
  const distance = fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(0, SKEW, 60, 299, 300, DAY, DAY + SKEW, DAY + 300), fc.integer({ min: -2, max: 2 }))
        .chain(([limit, beside]) => fc.constantFrom(limit + beside, beside - limit)),
    },
    { weight: 3, arbitrary: fc.integer({ min: -400, max: 400 }) },
    { weight: 1, arbitrary: fc.integer({ min: -2 * DAY, max: 2 * DAY }) },
  );
  const stranger = fc.oneof(
    fc.constantFrom<unknown>(null, true, 'now', `${NOW}`, '', -1, NOW + 0.5, 1e308, 2 ** 53, [NOW], {}),
    fc.jsonValue(),
  );
  const claim = fc.oneof(
    { weight: 18, arbitrary: distance.map((seconds) => ({ seconds })) },
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: stranger.map((value) => ({ value })) },
  );
  const tolerance = fc.oneof(fc.constant(undefined), fc.constantFrom(0, 5, SKEW, SKEW + 1, 60, 300), fc.nat(300));
  const instant = fc.oneof(fc.constant(NOW), fc.integer({ min: 1, max: 2 ** 40 }));

  interface Times {
    readonly iat?: unknown;
    readonly exp?: unknown;
    readonly nbf?: unknown;
  }

  /**
   * RFC 7519 §4.1.4 to §4.1.6 and RFC 9068 §2.2, §4 read word by word; the grace is that of `clockToleranceSeconds`, and
   * a token lives for a day at most.
   */
  function isInForce({ iat, exp, nbf }: Times, now: number, grace: number): boolean {
    const isInstant = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
    if (!isInstant(iat) || !isInstant(exp) || !(nbf === undefined || isInstant(nbf))) return false;
    const begins = nbf === undefined ? [iat] : [iat, nbf];
    const early = Math.max(SKEW, grace);
    const hasBegun = begins.every((begin) => begin - now <= early);
    const hasEnded = now - exp >= grace;
    const livesADay = begins.every((begin) => begin < exp && exp - begin <= DAY) && exp - now <= DAY + early;
    return hasBegun && !hasEnded && livesADay;
  }

  it('accepts exactly the tokens that the specifications let pass (P24)', () => {
    fc.assert(
      fc.property(instant, claim, claim, claim, tolerance, (now, iat, exp, nbf, grace) => {
        const valueOf = (of: typeof iat): unknown =>
          of === undefined ? undefined : 'seconds' in of ? now + of.seconds : of.value;
        const times = { iat: valueOf(iat), exp: valueOf(exp), nbf: valueOf(nbf) };
        const token = forge(header({ alg: 'ES256', kid: es.kid }), { ...claims, ...times }, es.privateKey, 'ES256');
        const told = reason(token, {
          ...{ algorithms: ['ES256'], now },
          ...(grace === undefined ? {} : { clockToleranceSeconds: grace }),
        });
        expect({ ...times, told }).toEqual({
          ...times,
          told: isInForce(times, now, grace ?? 0)
            ? 'accepted'
            : (expect.stringMatching(/^(expired|not_yet_valid|bad_claims)$/) as string),
        });
      }),
    );
  });
});
