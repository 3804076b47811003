import { CLAIMS, forge, NOW, reasonOf } from '../forge.spec-support.js';
import { claims, es, forged, options, reason, rs, signer, verifier } from './access-token.spec-support.js';
import { TOKEN_KINDS, type SignableKind } from './token-kinds.js';

describe('the header (J6, T54, T55, T56)', () => {
  it.each<readonly [string, () => object]>([
    ['crit', () => ({ crit: ['x'], x: 1 })],
    ['b64', () => ({ b64: false })],
    ['crit with b64', () => ({ crit: ['b64'], b64: false })],
    ['jwk', () => ({ jwk: es.publicJwk })],
    ['jku', () => ({ jku: 'https://evil.example/jwks' })],
    ['x5u', () => ({ x5u: 'https://evil.example/cert' })],
    ['x5c', () => ({ x5c: ['MII'] })],
    ['x5t', () => ({ x5t: 'AAAA' })],
    ['zip', () => ({ zip: 'DEF' })],
    ['a name that nobody knows', () => ({ fun: true })],
    ['a kid of 257 characters', () => ({ kid: 'k'.repeat(257) })],
    ['an empty kid', () => ({ kid: '' })],
    ['a kid that is an array', () => ({ kid: ['a'] })],
    ['a kid that is a number', () => ({ kid: 7 })],
    ['an alg that is an array', () => ({ alg: ['RS256'] })],
    ['no alg', () => ({ alg: undefined })],
    ['a typ that is an object', () => ({ typ: {} })],
  ])('refuses %s', (_name, change) => {
    expect(reason(forged(change()))).toBe('bad_header');
  });

  it.each(['../../etc/passwd', "' OR 1=1--", 'k'.repeat(256), '__proto__', 'constructor', '\u0000'])(
    'refuses the kid %j as unknown',
    (kid) => {
      expect(reason(forged({ kid }))).toBe('unknown_key');
    },
  );

  it('refuses a header that is no object or is no JSON', () => {
    for (const text of ['null', '[]', '"x"', '7', '{', '{"alg":"RS256",}']) {
      expect(reason(forge(text, claims, rs.privateKey))).toBe('malformed');
    }
    expect(reason(forge(Buffer.from([0x7b, 0xff, 0x7d]), claims, rs.privateKey))).toBe('malformed');
  });

  it('accepts the type in any case and as a full media type', () => {
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt']) expect(reason(forged({ typ }))).toBe('accepted');
    for (const typ of [undefined, 'JWT', '', 'at+jwt ', 'application/application/at+jwt', 'logout+jwt']) {
      expect(reason(forged({ typ }))).toBe('wrong_type');
    }
  });

  const kinds = Object.keys(TOKEN_KINDS) as (keyof typeof TOKEN_KINDS)[];
  const signable = Object.keys(CLAIMS) as SignableKind[];
  it.each(signable)('refuses a %s in the place of every other kind', (made) => {
    const token = signer.sign(made, CLAIMS[made], rs);
    const read = kinds.filter(
      (kind) =>
        reasonOf(() => verifier.verify(kind, token, { keys: options.keys, algorithms: ['RS256'], now: NOW })) ===
        'accepted',
    );
    // The same typ JWT: told apart by the claims, by whose keys are used, and by iss and aud
    const expected: Readonly<Record<string, readonly string[]>> = {
      id_token: ['id_token', 'request_object', 'id_token_hint'],
      userinfo: ['userinfo', 'request_object'],
      // The same token that may live longer where it is kept
      logout_token: ['logout_token', 'kept_logout_token'],
      client_assertion: ['id_token', 'userinfo', 'client_assertion', 'request_object', 'id_token_hint'],
    };
    expect(read).toEqual(expect.arrayContaining([made]));
    for (const kind of read) expect(expected[made] ?? [made]).toContain(kind);
  });
});
