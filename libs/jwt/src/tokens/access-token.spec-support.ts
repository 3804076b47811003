import { API, CLAIMS, forge, ISSUER, NOW, reasonOf } from '../forge.spec-support.js';
import { generateSigningKey } from '../keys/signing-key.js';
import { TokenSigner } from './token-signer.js';
import { TokenVerifier, type VerifyOptions } from './token-verifier.js';

export const claims = CLAIMS.access_token;
export const verifier = TokenVerifier.create();
export const signer = new TokenSigner();
export const rs = await generateSigningKey('RS256');
export const es = await generateSigningKey('ES256');

/** What a reader of access tokens expects; RS256 was agreed. */
export const options: VerifyOptions = {
  keys: [rs.publicJwk, es.publicJwk],
  algorithms: ['RS256'],
  issuer: ISSUER,
  audience: API,
  now: NOW,
};

/** The header of a good access token with members changed. */
export const header = (change: object = {}): object => ({ alg: 'RS256', typ: 'at+jwt', kid: rs.kid, ...change });
/** An access token with a good RS256 signature, whatever header and payload say. */
export const forged = (change: object, payload: unknown = claims): string =>
  forge(header(change), payload, rs.privateKey);
export const withClaims = (change: object): string => forged({}, { ...claims, ...change });
/** Why it is refused as an access token, or `accepted`. */
export const reason = (token: string, change: Partial<VerifyOptions> = {}): string =>
  reasonOf(() => verifier.verify('access_token', token, { ...options, ...change }));
