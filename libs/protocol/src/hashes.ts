import { hash } from 'node:crypto';

/** The hash that belongs to a JWS algorithm (OIDC Core §3.1.3.6; for EdDSA with Ed25519: SHA-512). */
const HASH_OF_ALG: Readonly<Record<string, 'sha256' | 'sha384' | 'sha512'>> = {
  RS256: 'sha256',
  PS256: 'sha256',
  ES256: 'sha256',
  RS384: 'sha384',
  PS384: 'sha384',
  ES384: 'sha384',
  RS512: 'sha512',
  PS512: 'sha512',
  ES512: 'sha512',
  EdDSA: 'sha512',
  Ed25519: 'sha512',
};

/**
 * `c_hash`, `at_hash` and `s_hash`: base64url of the left half of the hash of the ASCII value, with the hash of the ID
 * token's `alg` (OIDC Core §3.3.2.11).
 */
export function halfHash(value: string, alg: string): string {
  const name = HASH_OF_ALG[alg];
  if (name === undefined) throw new Error(`no hash is defined for alg ${alg}`);
  const digest = hash(name, value, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}

/** What is stored of codes, tokens and session ids: their SHA-256, 32 bytes. */
export const storedHash = (value: string): Buffer => hash('sha256', value, 'buffer');

/** `code_challenge` of a verifier with S256 (RFC 7636 §4.2). */
export const s256 = (codeVerifier: string): string => hash('sha256', codeVerifier, 'base64url');
