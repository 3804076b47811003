import { createHash } from 'node:crypto';
import type { PublicJwk } from '@tandem/protocol';
import { InvalidKeyError } from '../invalid-key-error.js';

export type { PublicJwk } from '@tandem/protocol';

/** The members that make the key, per type, in the order that RFC 7638 §3.2 hashes them. */
const KEY_MEMBERS = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
} as const;
type KeyType = keyof typeof KEY_MEMBERS;

const isKeyType = (kty: string): kty is KeyType => Object.hasOwn(KEY_MEMBERS, kty);

/** Only the members that make the key: no id, no usage, and never a private part. */
export function keyMembers(jwk: PublicJwk): Record<string, string> {
  if (!isKeyType(jwk.kty)) throw new InvalidKeyError('kty must be RSA, EC or OKP');
  const members: Record<string, string> = {};
  for (const name of KEY_MEMBERS[jwk.kty]) {
    const value = jwk[name];
    if (typeof value !== 'string') throw new InvalidKeyError(`${name} is missing`);
    if (name !== 'kty' && name !== 'crv' && !isBase64url(value)) {
      throw new InvalidKeyError(`${name} must be base64url without padding`);
    }
    members[name] = value;
  }
  return members;
}

/** One spelling per value: unpadded, URL alphabet, unused bits zero (RFC 7515 §2). */
const isBase64url = (value: string): boolean =>
  value !== '' && Buffer.from(value, 'base64url').toString('base64url') === value;

/** The key id that follows from the key itself: base64url of SHA-256 (RFC 7638 §3). */
export const thumbprint = (jwk: PublicJwk): string =>
  createHash('sha256')
    .update(JSON.stringify(keyMembers(jwk)))
    .digest('base64url');
