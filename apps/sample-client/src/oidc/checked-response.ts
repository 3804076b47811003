import { createHash } from 'node:crypto';
import { InvalidTokenError, TokenVerifier } from '@tandem/jwt';
import type { TokenClaims, VerifiedToken } from '@tandem/jwt';
import { halfHash } from '@tandem/protocol';
import type { PublicJwk } from '@tandem/protocol';

/** A hash that binds a value to an ID token, worked out so that it can be looked at. */
export interface HashCheck {
  readonly claim: 'c_hash' | 'at_hash';
  readonly of: string;
  /** The ID token's algorithm, and the hash that goes with it. */
  readonly alg: string;
  readonly hash: string;
  readonly digestHex: string;
  readonly leftHalfHex: string;
  readonly computed: string;
  readonly inToken: string | undefined;
  readonly holds: boolean;
}

/** What must hold of an authorization response. */
export interface ResponseExpectation {
  readonly issuer: string;
  readonly clientId: string;
  readonly state: string;
  readonly nonce: string;
  readonly responseType: string;
  readonly keys: readonly PublicJwk[];
  readonly now: number;
}

/** A response whose every binding was found good. */
export interface CheckedResponse {
  readonly code?: string;
  readonly accessToken?: string;
  readonly idToken?: { readonly jwt: string; readonly claims: TokenClaims; readonly header: VerifiedToken['header'] };
  readonly hashes: readonly HashCheck[];
  /** What was checked, in words. */
  readonly checks: readonly string[];
}

/** A response that must not be used. The text says which rule it breaks and never repeats what came. */
export class RefusedResponse extends Error {
  constructor(
    readonly rule: string,
    readonly providerError?: string,
  ) {
    super(rule);
    this.name = 'RefusedResponse';
  }
}

/** The provider's own words are shown, escaped, but not at any length. */
const inBrief = (text: string): string => text.slice(0, 300);

/** The word of the response type and the parameter that answers it. */
const PARTS = [
  ['code', 'code'],
  ['token', 'access_token'],
  ['id_token', 'id_token'],
] as const;

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** A front-channel ID token that is older was kept back by somebody. */
const OLDEST_SECONDS = 600;

const verifier = TokenVerifier.create();

/** Works a hash out and compares it (OIDC Core §3.3.2.11). */
export function checkHash(claim: HashCheck['claim'], value: string, alg: string, claims: TokenClaims): HashCheck {
  const hash = alg === 'EdDSA' ? 'SHA-512' : `SHA-${alg.slice(2)}`;
  const digest = createHash(hash.replace('-', '')).update(value, 'ascii').digest();
  const computed = halfHash(value, alg);
  const inToken = claims[claim] as string | undefined;
  return {
    ...{ claim, of: value, alg, hash, computed, inToken },
    digestHex: digest.toString('hex'),
    leftHalfHex: digest.subarray(0, digest.length / 2).toString('hex'),
    holds: inToken === computed,
  };
}

/** Verifies an ID token for this client (OIDC Core §3.1.3.7): signature, issuer, audience, azp, times, nonce if one was sent. */
export function checkIdToken(
  jwt: string,
  expected: Pick<ResponseExpectation, 'issuer' | 'clientId' | 'keys' | 'now'>,
  nonce?: string,
): VerifiedToken {
  try {
    const verified = verifier.verify('id_token', jwt, {
      keys: expected.keys,
      algorithms: ALGORITHMS,
      issuer: expected.issuer,
      audience: expected.clientId,
      now: expected.now,
      clockToleranceSeconds: 60,
    });
    const { claims } = verified;
    if (Array.isArray(claims.aud) && claims.aud.length > 1 && claims.azp === undefined)
      throw new RefusedResponse('the ID token is for several parties and names no azp');
    if (claims.azp !== undefined && claims.azp !== expected.clientId)
      throw new RefusedResponse('the azp of the ID token is another client');
    if (nonce !== undefined && claims.nonce !== nonce)
      throw new RefusedResponse('the nonce of the ID token is not the one that was sent');
    return verified;
  } catch (error) {
    if (error instanceof InvalidTokenError) throw new RefusedResponse(`the ID token is refused: ${error.reason}`);
    throw error;
  }
}

/** State, issuer, error, and that exactly the parts came that were asked for (RFC 9207 §2.4, OIDC Core §3.3.2.5). */
function checkEnvelope(parameters: ReadonlyMap<string, string>, expected: ResponseExpectation): readonly string[] {
  if (parameters.get('state') !== expected.state) throw new RefusedResponse('the state is not the one that was sent');
  if (parameters.get('iss') !== expected.issuer) throw new RefusedResponse('the response names another issuer');
  const error = parameters.get('error');
  if (error !== undefined)
    throw new RefusedResponse(inBrief(parameters.get('error_description') ?? 'the provider refused'), inBrief(error));
  const asked = expected.responseType.split(' ');
  for (const [part, name] of PARTS) {
    if (asked.includes(part) !== parameters.has(name))
      throw new RefusedResponse(`${name} is missing or was not asked for`);
  }
  if (asked.includes('token') && parameters.get('token_type')?.toLowerCase() !== 'bearer')
    throw new RefusedResponse('the access token has an unknown type');
  return [
    'state is ours: the response belongs to the request of this browser',
    'iss is our provider: no other server has slipped in',
    'exactly the parts that were asked for are there',
  ];
}

/** The hashes that bind code and access token to the ID token: required when those came with it (§3.3.2.11). */
function checkBindings(
  parts: Pick<CheckedResponse, 'code' | 'accessToken'>,
  { header, claims }: VerifiedToken,
): readonly HashCheck[] {
  const hashes = [
    ...(parts.code === undefined ? [] : [checkHash('c_hash', parts.code, header.alg, claims)]),
    ...(parts.accessToken === undefined ? [] : [checkHash('at_hash', parts.accessToken, header.alg, claims)]),
  ];
  const broken = hashes.find(({ holds }) => !holds);
  if (broken !== undefined)
    throw new RefusedResponse(`${broken.claim} does not fit: the parts were not issued together`);
  return hashes;
}

/**
 * Checks everything that OIDC Core §3.3.2.8–§3.3.2.12 and RFC 9207 ask of a response, before anything of it is used.
 *
 * @throws RefusedResponse.
 */
export function checkResponse(parameters: ReadonlyMap<string, string>, expected: ResponseExpectation): CheckedResponse {
  const envelope = checkEnvelope(parameters, expected);
  const [code, accessToken, jwt] = PARTS.map(([, name]) => parameters.get(name));
  const parts = { ...(code === undefined ? {} : { code }), ...(accessToken === undefined ? {} : { accessToken }) };
  if (jwt === undefined) return { ...parts, hashes: [], checks: envelope };
  const verified = checkIdToken(jwt, expected, expected.nonce);
  const { header, claims } = verified;
  if (claims.iat === undefined || expected.now - claims.iat > OLDEST_SECONDS)
    throw new RefusedResponse('the ID token is too old');
  const hashes = checkBindings(parts, verified);
  const checks = [
    ...envelope,
    'the ID token is signed by the provider, for us, with our nonce, and in time',
    ...hashes.map(({ claim }) => `${claim} fits: code and tokens were issued together`),
  ];
  return { ...parts, idToken: { jwt, claims, header }, hashes, checks };
}
