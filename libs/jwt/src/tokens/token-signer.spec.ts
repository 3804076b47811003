import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { CLAIMS, NOW, reasonOf } from '../forge.spec-support.js';
import { InvalidKeyError } from '../invalid-key-error.js';
import { generateSigningKey, jwkSet, type SigningKey } from '../keys/signing-key.js';
import { readHeader } from './compact-form.js';
import { TOKEN_KINDS, type SignableKind } from './token-kinds.js';
import { TokenSigner } from './token-signer.js';
import { TokenVerifier } from './token-verifier.js';

const ALGS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
const KINDS = Object.keys(CLAIMS) as readonly SignableKind[];

const publishedBy = (key: SigningKey): ReturnType<typeof createLocalJWKSet> =>
  createLocalJWKSet(JSON.parse(JSON.stringify(jwkSet([key]))) as JSONWebKeySet);

describe('the token signer', () => {
  const signer = new TokenSigner();
  const verifier = TokenVerifier.create();
  const keys = new Map<string, SigningKey>();
  const keyFor = (alg: string): SigningKey => keys.get(alg) as SigningKey;
  beforeAll(async () => {
    for (const alg of ALGS) keys.set(alg, await generateSigningKey(alg));
  });

  it.each(ALGS.flatMap((alg) => KINDS.map((kind) => [alg, kind] as const)))(
    'issues with %s a %s that jose and we accept',
    async (alg, kind) => {
      const key = keyFor(alg);
      const token = signer.sign(kind, CLAIMS[kind], key);
      const { typ } = TOKEN_KINDS[kind];
      const { payload, protectedHeader } = await jwtVerify(token, publishedBy(key), {
        currentDate: new Date(NOW * 1000),
      });
      expect(payload).toEqual(CLAIMS[kind]);
      expect(protectedHeader).toEqual({ alg, kid: key.kid, typ });
      const verified = verifier.verify(kind, token, { keys: [key.publicJwk], algorithms: [alg], now: NOW });
      expect(verified).toEqual({ header: { alg, kid: key.kid, typ }, claims: CLAIMS[kind] });
    },
  );

  it('accepts its own ID token as a hint after its expiry', () => {
    const key = keyFor('RS256');
    const token = signer.sign('id_token', CLAIMS.id_token, key);
    const options = { keys: [key.publicJwk], algorithms: ['RS256'], now: NOW + 1_000_000 };
    expect(verifier.verify('id_token_hint', token, options).claims.sub).toBe('alice');
    expect(reasonOf(() => verifier.verify('id_token', token, options))).toBe('expired');
  });

  it('issues alg and kid from the key alone and times from the claims alone (J10)', () => {
    const key = keyFor('ES256');
    const claims = { ...CLAIMS.access_token, alg: 'none', kid: 'x', header: { alg: 'HS256' } };
    expect(readHeader(signer.sign('access_token', claims, key))).toEqual({ alg: 'ES256', kid: key.kid, typ: 'at+jwt' });
    expect(reasonOf(() => signer.sign('access_token', { ...CLAIMS.access_token, iat: undefined }, key))).toBe(
      'bad_claims',
    );
  });

  it.each<readonly [string, SignableKind, Readonly<Record<string, unknown>>]>([
    ['an access token without exp', 'access_token', { exp: undefined }],
    ['a client assertion without iat', 'client_assertion', { iat: undefined }],
    ['a request object with an iat of zero, likewise', 'request_object', { iat: 0, exp: 60 }],
    ['an access token without jti', 'access_token', { jti: undefined }],
    ['an access token that lives longer than a day', 'access_token', { exp: NOW + 86_401 }],
    ['a logout token with a nonce', 'logout_token', { nonce: 'n' }],
    ['a logout token for nobody', 'logout_token', { sub: undefined }],
    ['a time that is no integer', 'id_token', { auth_time: 1.5 }],
    ['an exp before iat', 'id_token', { exp: NOW - 1 }],
    ['an empty audience', 'id_token', { aud: [] }],
    ['an introspection response that could pass for a token', 'introspection', { sub: 'alice' }],
  ])('refuses to issue %s', (_name, kind, change) => {
    expect(reasonOf(() => signer.sign(kind, { ...CLAIMS[kind], ...change }, keyFor('ES256')))).toBe('bad_claims');
  });

  it('refuses a public key, a secret and a mislabelled key (J1)', () => {
    const key = keyFor('RS256');
    const forged = [
      { ...key, privateKey: 'secret' as never },
      { ...key, alg: 'EdDSA' as const },
      { ...keyFor('EdDSA'), alg: 'RS256' as const },
      { ...key, privateKey: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey },
      { ...key, privateKey: createPublicKey(key.privateKey) },
      { ...keyFor('ES256'), privateKey: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey },
    ];
    for (const bad of forged) expect(() => signer.sign('id_token', CLAIMS.id_token, bad)).toThrow(InvalidKeyError);
  });
});
