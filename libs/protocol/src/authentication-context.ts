/** What `multi-factor` is called by Auth0's applications when they ask for it. */
const PAPE_MULTI_FACTOR = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

/** Strength of each authentication context class; a stronger one satisfies a wish for a weaker one. */
const STRENGTHS: ReadonlyMap<string, number> = new Map([
  ['urn:tandem:acr:single-factor', 1],
  ['urn:tandem:acr:multi-factor', 2],
  [PAPE_MULTI_FACTOR, 2],
  // OpenID Connect EAP ACR values §2: phishing-resistant.
  ['phr', 3],
]);

/** Authentication context classes that a sign-in here can reach, strongest last. Discovery lists them. */
export const ACR_VALUES: readonly string[] = [...STRENGTHS.keys()];

/** What a second factor adds to a sign-in, as `amr` values (RFC 8176). */
export const SECOND_FACTOR_AMR: readonly string[] = ['otp', 'mfa'];

/** The class that a sign-in by these methods (RFC 8176) amounts to. */
export function acrOf(amr: readonly string[]): string {
  // Proof of possession of a key that is bound to our origin: nobody can be talked into giving it away.
  if (amr.includes('pop')) return 'phr';
  return amr.includes('mfa') ? 'urn:tandem:acr:multi-factor' : 'urn:tandem:acr:single-factor';
}

/** Whether a sign-in of class `acr` is at least as strong as `wanted`. A class that is not known here is never reached. */
export function reachesAcr(acr: string, wanted: string): boolean {
  const strength = STRENGTHS.get(wanted);
  return acr === wanted || (strength !== undefined && (STRENGTHS.get(acr) ?? 0) >= strength);
}

/**
 * The `acr` to tell a client: of the classes it asked for the first that was reached, by its own name; else what the
 * sign-in was (OIDC Core §3.1.2.1: `acr_values` in order of preference).
 */
export const acrFor = (acr: string, wished: readonly string[]): string =>
  wished.find((wanted) => reachesAcr(acr, wanted)) ?? acr;
