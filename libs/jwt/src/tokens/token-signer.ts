import { Injectable } from '@nestjs/common';
import { InvalidTokenError } from '../invalid-token-error.js';
import type { SigningKey } from '../keys/signing-key.js';
import { checkKindClaims, readClaims } from './claims.js';
import { signCompact } from './sign-compact.js';
import { rowOf, type SignableKind } from './token-kinds.js';

/** Signs a token of a kind. Algorithm and key id come from the key alone, times from the caller's clock. */
@Injectable()
export class TokenSigner {
  /**
   * The compact token, made synchronously: work on the event loop that callers must count. `claims` bring `iat` and,
   * where the kind has one, `exp`; a claim set that the verifier would refuse is refused here.
   */
  sign(kind: SignableKind, claims: object, key: SigningKey): string {
    const row = rowOf(kind);
    const checked = readClaims(claims as Readonly<Record<string, unknown>>);
    checkKindClaims(row, checked);
    if (!checked.iat) throw new InvalidTokenError('bad_claims', 'iat');
    return signCompact({ alg: key.alg, typ: row.typ, kid: key.kid }, claims, key);
  }
}
