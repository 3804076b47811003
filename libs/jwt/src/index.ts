/**
 * Signs, verifies and publishes keys: the only room that knows `@nestjs/jwt` and `jose`. It never reads a clock, never
 * fetches, never stores, and never lets the contents of a token into an error or a log. A token kind fixes type,
 * lifetime and claims; the caller says whose keys, which algorithms, and for whom. Serves RFC 7515–7519, 7638, 8037,
 * 8725, 9068, 9701 and OIDC Core §10.
 */
export {
  SIGNING_ALGS,
  VERIFICATION_ALGS,
  isSigningAlg,
  isVerificationAlg,
  type SigningAlg,
  type VerificationAlg,
} from './algorithms.js';
export * from './encryption/encrypted-token.js';
export * from './invalid-key-error.js';
export * from './invalid-token-error.js';
export * from './jwt.module.js';
export { encryptionKeyFor, keysForToken } from './keys/choose-keys.js';
export * from './keys/client-jwks.js';
export * from './keys/public-jwk.js';
export * from './keys/remote-key-set.js';
export * from './keys/sealed-key.js';
export * from './keys/signing-key.js';
export * from './tokens/audience.js';
export type { TokenClaims } from './tokens/claims.js';
export { readHeader, readUnverifiedClaims } from './tokens/compact-form.js';
export type { TokenHeader } from './tokens/header-policy.js';
export type { SignableKind, TokenKind } from './tokens/token-kinds.js';
export * from './tokens/token-signer.js';
export * from './tokens/unsigned-token.js';
export * from './tokens/token-verifier.js';
export * from './tokens/verified-tokens.js';
