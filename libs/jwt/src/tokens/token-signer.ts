import { sign as signBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InvalidKeyError } from '../invalid-key-error.js';
import { InvalidTokenError } from '../invalid-token-error.js';
import type { SigningKey } from '../keys/signing-key.js';
import { checkLibraryOptions, LIBRARY_OPTIONS } from '../library-options.js';
import { checkKindClaims, readClaims } from './claims.js';
import { rowOf, type SignableKind } from './token-kinds.js';

/** Signs a token of a kind. Algorithm and key id come from the key alone, times from the caller's clock. */
@Injectable()
export class TokenSigner {
  constructor(private readonly jwt: JwtService) {
    checkLibraryOptions(jwt);
  }

  /** For use without Nest. */
  static create(): TokenSigner {
    return new TokenSigner(new JwtService(LIBRARY_OPTIONS));
  }

  /**
   * The compact token, made synchronously: work on the event loop that callers must count. `claims` bring `iat` and,
   * where the kind has one, `exp`; a claim set that the verifier would refuse is refused here.
   */
  sign(kind: SignableKind, claims: object, key: SigningKey): string {
    const row = rowOf(kind);
    const checked = readClaims(claims as Readonly<Record<string, unknown>>);
    checkKindClaims(row, checked);
    // The library would fill a missing or zero iat from the system's clock
    if (!checked.iat) throw new InvalidTokenError('bad_claims', 'iat');
    const header = { alg: key.alg, typ: row.typ, kid: key.kid };
    try {
      if (key.alg === 'EdDSA') return signEdDsa(header, claims, key);
      return this.jwt.sign(claims, { algorithm: key.alg, header, privateKey: key.privateKey });
    } catch {
      throw new InvalidKeyError(`the key can not sign with ${key.alg}`);
    }
  }
}

/** Ed25519 (RFC 8037 §3.1), which the library lacks; `jose` has it, but only asynchronously. */
function signEdDsa(header: object, claims: object, key: SigningKey): string {
  if (key.privateKey.asymmetricKeyType !== 'ed25519') throw new InvalidKeyError('the key is no Ed25519 key');
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${signBytes(null, Buffer.from(input), key.privateKey).toString('base64url')}`;
}
