import fc from 'fast-check';
import { API, CLAIMS, ISSUER, NOW, reasonOf, segment } from '../forge.spec-support.js';
import { generateSigningKey, type SigningKey } from '../keys/signing-key.js';
import { TokenSigner } from './token-signer.js';
import { TokenVerifier } from './token-verifier.js';

const ALGS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
const signer = new TokenSigner();
const verifier = TokenVerifier.create();
const keys = new Map<string, SigningKey>();
const tokens = new Map<string, readonly [string, string]>();

beforeAll(async () => {
  for (const alg of ALGS) {
    const key = await generateSigningKey(alg);
    keys.set(alg, key);
    const sign = (jti: string): string => signer.sign('access_token', { ...CLAIMS.access_token, jti }, key);
    tokens.set(alg, [sign('at_1'), sign('at_2')]);
  }
});

const outcome = (alg: string, token: string): string => {
  const { publicJwk } = keys.get(alg) as SigningKey;
  return reasonOf(() =>
    verifier.verify('access_token', token, {
      keys: [publicJwk],
      algorithms: [alg],
      issuer: ISSUER,
      audience: API,
      now: NOW,
    }),
  );
};

type Mutation = (token: string, other: string) => string;
const change =
  (part: number, f: (segment: string) => string): Mutation =>
  (token) =>
    token
      .split('.')
      .map((text, index) => (index === part ? f(text) : text))
      .join('.');
const member = (part: number, name: string, value: unknown): Mutation =>
  change(part, (text) =>
    segment({ ...(JSON.parse(Buffer.from(text, 'base64url').toString()) as object), [name]: value }),
  );

const part = fc.integer({ min: 0, max: 2 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  // one character becomes another, of any alphabet
  fc.tuple(fc.nat(), fc.string({ minLength: 1, maxLength: 1 })).map(([at, c]): Mutation => (token) => {
    const index = at % token.length;
    return token.slice(0, index) + c + token.slice(index + 1);
  }),
  // one bit of one segment's bytes
  fc.tuple(part, fc.nat(), fc.integer({ min: 0, max: 7 })).map(([which, at, bit]) =>
    change(which, (text) => {
      const bytes = Buffer.from(text, 'base64url');
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
      return bytes.toString('base64url');
    }),
  ),
  // something inserted, something cut
  fc.tuple(fc.nat(), fc.string({ minLength: 1 })).map(([at, text]): Mutation => (token) => {
    const index = at % (token.length + 1);
    return token.slice(0, index) + text + token.slice(index);
  }),
  fc.nat().map(
    (at): Mutation =>
      (token) =>
        token.slice(0, at % token.length),
  ),
  // a segment of another good token, segments in another order
  part.map(
    (which): Mutation =>
      (token, other) =>
        change(which, () => other.split('.')[which] ?? '')(token, other),
  ),
  fc.constant<Mutation>((token) => token.split('.').toReversed().join('.')),
  // another member in header or payload, signed as before
  fc
    .tuple(
      fc.constantFrom('alg', 'kid', 'typ', 'crit', fc.sample(fc.string({ minLength: 1 }), 1)[0] ?? 'x'),
      fc.jsonValue(),
    )
    .map(([name, value]) => member(0, name, value)),
  fc
    .tuple(fc.constantFrom('sub', 'exp', 'aud', 'scope', 'jti'), fc.jsonValue())
    .map(([name, value]) => member(1, name, value)),
  // the same values spelled anew
  fc
    .constantFrom(0, 1)
    .map((which) => change(which, (text) => segment(` ${Buffer.from(text, 'base64url').toString()}`))),
  fc.constantFrom('=', '==', '\n', ' ').chain((pad) => part.map((which) => change(which, (text) => text + pad))),
);

describe('any change of a signed token', () => {
  it.each(ALGS)('refuses it with %s (P13)', (alg) => {
    const [token, other] = tokens.get(alg) as readonly [string, string];
    expect(outcome(alg, token)).toBe('accepted');
    fc.assert(
      fc.property(mutation, (mutate) => {
        const mutated = mutate(token, other);
        // Only the two tokens that we signed may pass
        fc.pre(mutated !== token && mutated !== other);
        return outcome(alg, mutated) !== 'accepted';
      }),
    );
  });

  it('refuses any text at all with our own error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.base64String(), { maxLength: 6 }).map((parts) => parts.join('.')),
        ),
        (text) => outcome('RS256', text) !== 'accepted',
      ),
    );
  });

  it('refuses any JSON in place of header and payload with our own error', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        (header, payload) => outcome('RS256', `${segment(header)}.${segment(payload)}.${segment('x')}`) !== 'accepted',
      ),
    );
  });
});
