import { InvalidTokenError } from '../invalid-token-error.js';
import { includesAudience, onlyAudiences, type AudienceCheck } from './audience.js';
import type { JsonObject } from './json-object.js';
import type { TokenKindRow } from './token-kinds.js';

/** Claims whose registered members have the registered types; the others are for the reader to check. */
export interface TokenClaims extends JsonObject {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly jti?: string;
  readonly nonce?: string;
  readonly azp?: string;
  readonly sid?: string;
  readonly client_id?: string;
  readonly exp?: number;
  readonly iat?: number;
  readonly nbf?: number;
  readonly auth_time?: number;
}

/** What the reader of a token expects beside its kind. Instants are epoch seconds. */
export interface ClaimExpectations {
  readonly issuer?: string;
  /** A string is compared as the kind demands: one member of `aud`, or (client assertions) all there is. */
  readonly audience?: string | AudienceCheck;
  /** Claims that this reader needs beyond those of the kind. */
  readonly requiredClaims?: readonly string[];
  readonly now: number;
  /** Grace after `exp` (default 0) and before `iat` and `nbf` (at least 10). */
  readonly clockToleranceSeconds?: number;
}

/** Clocks of others may run ahead by this much; FAPI 2.0 demands 10 to be accepted and more than 60 to be refused. */
const CLOCK_SKEW_SECONDS = 10;
const TEXTS = ['iss', 'sub', 'jti', 'nonce', 'azp', 'sid', 'client_id'];
const INSTANTS = ['exp', 'iat', 'nbf', 'auth_time'];

/** Types of the registered claims, where present. An instant is a safe integer: `1e308` is a number too. */
export function readClaims(payload: JsonObject): TokenClaims {
  for (const name of TEXTS) {
    const value = payload[name];
    if (value !== undefined && (typeof value !== 'string' || value === '')) throw badClaim(name);
  }
  for (const name of INSTANTS) {
    const value = payload[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) >= 0)) throw badClaim(name);
  }
  const { aud } = payload;
  const members: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const isAudience = members.length > 0 && members.every((member) => typeof member === 'string' && member !== '');
  if (aud !== undefined && !isAudience) throw badClaim('aud');
  return payload;
}

/** All that a kind demands of its claims, whoever signs or reads it. */
export function checkKindClaims(row: TokenKindRow, claims: TokenClaims): void {
  const has = (name: string): boolean => claims[name] !== undefined;
  for (const name of row.requires) if (!has(name)) throw badClaim(name);
  for (const name of row.forbids ?? []) if (has(name)) throw badClaim(name);
  if (row.requiresOneOf !== undefined && !row.requiresOneOf.some(has)) throw badClaim(row.requiresOneOf.join(' or '));
  const { exp, iat, nbf } = claims;
  if (exp === undefined) {
    if (row.expiry !== 'optional') throw badClaim('exp');
    return;
  }
  for (const start of [iat, nbf]) {
    if (start !== undefined && (exp <= start || exp - start > row.maxLifeSeconds)) throw badClaim('exp');
  }
}

/** The claims against the reader's clock and expectations, after the signature was found good. */
export function checkExpectations(row: TokenKindRow, claims: TokenClaims, expected: ClaimExpectations): void {
  checkTimes(row, claims, expected);
  if (expected.issuer !== undefined && isForeign(row, claims, 'iss', (iss) => iss === expected.issuer)) {
    throw new InvalidTokenError('wrong_issuer');
  }
  if (expected.audience !== undefined && isForeign(row, claims, 'aud', audienceCheck(row, expected.audience))) {
    throw new InvalidTokenError('wrong_audience');
  }
  const missing = expected.requiredClaims?.find((name) => claims[name] === undefined);
  if (missing !== undefined) throw badClaim(missing);
}

function checkTimes(row: TokenKindRow, claims: TokenClaims, expected: ClaimExpectations): void {
  const { now, clockToleranceSeconds: tolerance = 0 } = expected;
  const skew = Math.max(CLOCK_SKEW_SECONDS, tolerance);
  const { exp, iat = 0, nbf = 0 } = claims;
  if (iat > now + skew || nbf > now + skew) throw new InvalidTokenError('not_yet_valid');
  if (exp === undefined) return;
  if (row.expiry !== 'ignored' && now >= exp + tolerance) throw new InvalidTokenError('expired');
  if (exp - now > row.maxLifeSeconds + skew) throw badClaim('exp');
}

/** An absent claim was refused before if the kind requires it; where it may be absent, absence names nobody else. */
function isForeign(row: TokenKindRow, claims: TokenClaims, name: string, isOurs: (value: unknown) => boolean): boolean {
  const value = claims[name];
  return value === undefined ? row.requires.includes(name) : !isOurs(value);
}

function audienceCheck(row: TokenKindRow, audience: string | AudienceCheck): AudienceCheck {
  if (typeof audience !== 'string') return audience;
  return row.onlyOurAudience === true ? onlyAudiences([audience]) : includesAudience(audience);
}

const badClaim = (name: string): InvalidTokenError => new InvalidTokenError('bad_claims', name);
