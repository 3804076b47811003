import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InvalidTokenError, type InvalidTokenReason } from '../invalid-token-error.js';
import { keysForToken } from '../keys/choose-keys.js';
import type { PublicJwk } from '../keys/public-jwk.js';
import { checkLibraryOptions, LIBRARY_OPTIONS } from '../library-options.js';
import { checkExpectations, checkKindClaims, readClaims, type ClaimExpectations, type TokenClaims } from './claims.js';
import { splitToken } from './compact-form.js';
import { checkAlgorithm, checkHeader, checkType, type TokenHeader } from './header-policy.js';
import { readJsonObject } from './json-object.js';
import { LARGEST_TOLERANCE_SECONDS, signatureRefusal, type SignedToken } from './signature.js';
import { rowOf, type TokenKind, type TokenKindRow } from './token-kinds.js';

/** Whose keys, which algorithms, and what the claims must say. */
export interface VerifyOptions extends ClaimExpectations {
  readonly keys: readonly PublicJwk[];
  /** Agreed beforehand: the client's registered one, or those that the issuer signs with. */
  readonly algorithms: readonly string[];
}

/** A token whose signature, type, times, issuer and audience were found good. */
export interface VerifiedToken {
  readonly header: TokenHeader;
  readonly claims: TokenClaims;
}

/** Verifies tokens of a kind; every refusal is an InvalidTokenError. */
@Injectable()
export class TokenVerifier {
  constructor(private readonly jwt: JwtService) {
    checkLibraryOptions(jwt);
  }

  /** For use without Nest. */
  static create(): TokenVerifier {
    return new TokenVerifier(new JwtService(LIBRARY_OPTIONS));
  }

  /**
   * Synchronous. An `issuer` or `audience` left out is not checked, which suits a caller that compares it itself;
   * given as undefined or empty it is a mistake and a TypeError.
   */
  verify(kind: TokenKind, token: string, options: VerifyOptions): VerifiedToken {
    checkOptions(options);
    const row = rowOf(kind);
    const { header: headerBytes, payload, signature } = splitToken(token);
    const header = checkHeader(readJsonObject(headerBytes, 'header'));
    checkType(row, header.typ);
    const alg = checkAlgorithm(header.alg, options.algorithms);
    const claims = readClaims(readJsonObject(payload, 'payload'));
    const ignoreExpiration = row.expiry === 'ignored';
    const candidates = keysFor(row, header.kid, options.keys, alg);
    this.checkSignature({ token, signature, alg, now: options.now, ignoreExpiration }, candidates);
    checkKindClaims(row, claims);
    checkExpectations(row, claims, options);
    return { header, claims };
  }

  private checkSignature(signed: SignedToken, candidates: readonly PublicJwk[]): void {
    let refusal: InvalidTokenReason | undefined = 'unknown_key';
    for (const jwk of candidates) {
      refusal = signatureRefusal(this.jwt, signed, jwk);
      if (refusal === undefined) return;
    }
    throw new InvalidTokenError(refusal);
  }
}

/** By kid; a client's token may lack it, then each of its fitting keys is tried. */
function keysFor(
  row: TokenKindRow,
  kid: string | undefined,
  keys: readonly PublicJwk[],
  alg: SignedToken['alg'],
): readonly PublicJwk[] {
  if (kid === undefined && row.kidOptional !== true) throw new InvalidTokenError('bad_header', 'kid');
  const fitting = keysForToken(keys, kid, alg);
  if (fitting.length > 0) return fitting;
  const isKnown = kid !== undefined && keys.some((jwk) => jwk.kid === kid);
  throw new InvalidTokenError(
    isKnown ? 'wrong_algorithm' : 'unknown_key',
    isKnown ? 'the key is not for it' : undefined,
  );
}

/** Mistakes of the caller that a JWT library would read as "do not check". */
function checkOptions(options: VerifyOptions): void {
  const { now, clockToleranceSeconds: tolerance = 0 } = options;
  if (options.algorithms.length === 0) throw new TypeError('algorithms must not be empty');
  if (!(Number.isFinite(now) && now > 0)) throw new TypeError('now must be epoch seconds');
  if (!(tolerance >= 0 && tolerance <= LARGEST_TOLERANCE_SECONDS)) throw new TypeError('clockToleranceSeconds');
  for (const name of ['issuer', 'audience'] as const) {
    if (name in options && !options[name]) throw new TypeError(`${name} must not be empty`);
  }
}
