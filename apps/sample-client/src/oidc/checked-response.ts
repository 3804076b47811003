import { createHash } from 'node:crypto';
import { InvalidTokenError, readHeader, TokenVerifier } from '@tandem/jwt';
import type { TokenClaims, VerifiedToken } from '@tandem/jwt';
import { halfHash } from '@tandem/protocol';
import type { PublicJwk } from '@tandem/protocol';

/** A hash that binds a value to an ID token, worked out so that it can be looked at. */
export interface HashCheck {
  readonly claim: 'c_hash' | 'at_hash';
  readonly of: string;
  readonly alg: string;
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

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** A front-channel ID token that is older was kept back by somebody. */
const OLDEST_SECONDS = 600;

const verifier = TokenVerifier.create();

/** Works a hash out and compares it (OIDC Core §3.3.2.11). */
export function checkHash(claim: HashCheck['claim'], value: string, alg: string, claims: TokenClaims): HashCheck {
  const digest = createHash(alg === 'EdDSA' ? 'sha512' : `sha${alg.slice(2)}`)
    .update(value, 'ascii')
    .digest();
  const computed = halfHash(value, alg);
  const inToken = claims[claim] as string | undefined;
  return {
    ...{ claim, of: value, alg, computed, inToken },
    digestHex: digest.toString('hex'),
    leftHalfHex: digest.subarray(0, digest.length / 2).toString('hex'),
    holds: inToken === computed,
  };
}

/** Verifies an ID token for this client (OIDC Core §3.1.3.7): signature, issuer, audience, azp, times, nonce. */
export function checkIdToken(
  jwt: string,
  expected: Pick<ResponseExpectation, 'issuer' | 'clientId' | 'keys' | 'now'>,
  nonce: string | undefined,
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
    if (claims.nonce !== nonce) throw new RefusedResponse('the nonce of the ID token is not the one that was sent');
    return verified;
  } catch (error) {
    if (error instanceof InvalidTokenError) throw new RefusedResponse(`the ID token is refused: ${error.reason}`);
    throw error;
  }
}

/**
 * Checks everything that OIDC Core §3.3.2.8–§3.3.2.12 and RFC 9207 ask of a response, before anything of it is used.
 *
 * @throws RefusedResponse.
 */
export function checkResponse(parameters: ReadonlyMap<string, string>, expected: ResponseExpectation): CheckedResponse {
  const checks: string[] = [];
  const held = (check: string): void => void checks.push(check);
  if (parameters.get('state') !== expected.state) throw new RefusedResponse('the state is not the one that was sent');
  held('state is ours: the response belongs to the request of this browser');
  if (parameters.get('iss') !== expected.issuer) throw new RefusedResponse('the response names another issuer');
  held('iss is our provider: no other server has slipped in');
  const error = parameters.get('error');
  if (error !== undefined)
    throw new RefusedResponse(parameters.get('error_description') ?? 'the provider refused', error);
  const parts = expected.responseType.split(' ');
  const [code, accessToken, jwt] = ['code', 'access_token', 'id_token'].map((name) => parameters.get(name));
  const wanted = (part: string, value: string | undefined): void => {
    if (parts.includes(part) !== (value !== undefined))
      throw new RefusedResponse(`${part} is missing or was not asked for`);
  };
  wanted('code', code);
  wanted('token', accessToken);
  wanted('id_token', jwt);
  held('exactly the parts that were asked for are there');
  if (accessToken !== undefined && parameters.get('token_type')?.toLowerCase() !== 'bearer')
    throw new RefusedResponse('the access token has an unknown type');
  const rest = { ...(code === undefined ? {} : { code }), ...(accessToken === undefined ? {} : { accessToken }) };
  if (jwt === undefined) return { ...rest, hashes: [], checks };
  const { header, claims } = checkIdToken(jwt, expected, expected.nonce);
  held('the ID token is signed by the provider, for us, with our nonce, and in time');
  if (claims.iat === undefined || expected.now - claims.iat > OLDEST_SECONDS)
    throw new RefusedResponse('the ID token is too old');
  const hashes = [
    ...(code === undefined ? [] : [checkHash('c_hash', code, header.alg, claims)]),
    ...(accessToken === undefined ? [] : [checkHash('at_hash', accessToken, header.alg, claims)]),
  ];
  const broken = hashes.find(({ holds }) => !holds);
  if (broken !== undefined)
    throw new RefusedResponse(`${broken.claim} does not fit: the parts were not issued together`);
  for (const { claim } of hashes) held(`${claim} fits: code and tokens were issued together`);
  return { ...rest, idToken: { jwt, claims, header }, hashes, checks };
}

/** OIDC Core §3.3.3.6: the second ID token must name the same user at the same issuer, and the same sign-in. */
export function checkSecondIdToken(first: TokenClaims, second: TokenClaims): readonly string[] {
  for (const claim of ['iss', 'sub', 'nonce', 'auth_time'] as const) {
    if (first[claim] !== undefined && first[claim] !== second[claim])
      throw new RefusedResponse(`${claim} differs between the two ID tokens`);
  }
  return ['iss, sub, nonce and auth_time are the same in both ID tokens'];
}

/** The algorithm of a token, for showing it. */
export const algOf = (jwt: string): string => readHeader(jwt).alg;
