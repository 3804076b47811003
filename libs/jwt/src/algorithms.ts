/** What one signature algorithm asks of its key (RFC 7518 §3, RFC 8037 §3.1). */
interface AlgorithmRow {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  readonly crv?: string;
}

/** Every algorithm that may be verified. No HS* and no `none`: a shared secret can never pass for a public key. */
const ALGORITHMS = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  PS384: { kty: 'RSA' },
  PS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  ES512: { kty: 'EC', crv: 'P-521' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
} as const satisfies Readonly<Record<string, AlgorithmRow>>;

export type VerificationAlg = keyof typeof ALGORITHMS;
/** Algorithms that client-made tokens may use; also what discovery may advertise for them. */
export const VERIFICATION_ALGS = Object.keys(ALGORITHMS) as readonly VerificationAlg[];
export const isVerificationAlg = (alg: unknown): alg is VerificationAlg =>
  typeof alg === 'string' && Object.hasOwn(ALGORITHMS, alg);

/** Algorithms that we sign with. */
export const SIGNING_ALGS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const satisfies readonly VerificationAlg[];
export type SigningAlg = (typeof SIGNING_ALGS)[number];
export const isSigningAlg = (alg: unknown): alg is SigningAlg => SIGNING_ALGS.some((known) => known === alg);

/** Whether a key of this type and curve can carry the algorithm. */
export function algorithmFitsKey(alg: VerificationAlg, jwk: { readonly kty: string; readonly crv?: string }): boolean {
  const row: AlgorithmRow = ALGORITHMS[alg];
  return row.kty === jwk.kty && (row.crv === undefined || row.crv === jwk.crv);
}
