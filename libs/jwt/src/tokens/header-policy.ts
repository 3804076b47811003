import { isVerificationAlg, type VerificationAlg } from '../algorithms.js';
import { InvalidTokenError } from '../invalid-token-error.js';
import type { JsonObject } from './json-object.js';
import type { TokenKindRow } from './token-kinds.js';

/** A header with known members only. */
export interface TokenHeader {
  readonly alg: string;
  readonly kid?: string;
  readonly typ?: string;
}

/** `crit`, `b64`, keys and key addresses in a header are attacks or dialects that we don't speak: not in the list. */
const KNOWN = ['alg', 'kid', 'typ'];
const LONGEST_KID = 256;

/** Refuses any member that could change how the token is read or whose key it is checked with. */
export function checkHeader(header: JsonObject): TokenHeader {
  if (Object.keys(header).some((name) => !KNOWN.includes(name))) {
    throw new InvalidTokenError('bad_header', 'only alg, kid and typ are known');
  }
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string') throw new InvalidTokenError('bad_header', 'alg');
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > LONGEST_KID)) {
    throw new InvalidTokenError('bad_header', 'kid');
  }
  if (typ !== undefined && typeof typ !== 'string') throw new InvalidTokenError('bad_header', 'typ');
  return { alg, kid, typ };
}

/** The `typ` must be the kind's, so that no token passes for one of another kind. Media types compare without case. */
export function checkType(row: TokenKindRow, typ: string | undefined): void {
  const plain = typ?.toLowerCase().replace(/^application\//, '');
  if (!row.accepts.includes(plain)) throw new InvalidTokenError('wrong_type');
}

/** The algorithm must be one that was agreed beforehand and one that we know; HS* and none are neither. */
export function checkAlgorithm(alg: string, agreed: readonly string[]): VerificationAlg {
  if (!isVerificationAlg(alg) || !agreed.includes(alg)) throw new InvalidTokenError('wrong_algorithm');
  return alg;
}
