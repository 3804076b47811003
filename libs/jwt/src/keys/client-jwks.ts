import { isSensible } from '@tandem/protocol';
import { algorithmFitsKey, isVerificationAlg } from '../algorithms.js';
import { InvalidKeyError } from '../invalid-key-error.js';
import { publicKeyOf } from './key-policy.js';
import type { PublicJwk } from './public-jwk.js';

const MOST_KEYS = 16;
/** A publisher that replaces keys of several algorithms keeps all of them in its set while tokens live. */
const MOST_FETCHED_KEYS = 100;
const MOST_BYTES = 64 * 1024;
const LONGEST_KID = 256;
/** RSA, EC and OKP private members, the secret of `oct`, and the seed of newer types (RFC 7518 §6, RFC 9864). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const MEMBERS = ['kty', 'kid', 'use', 'alg', 'crv', 'n', 'e', 'x', 'y'] as const;

/**
 * What a client may register as its keys: a JWK Set (or just its array) of at most 16 sound public keys with distinct
 * ids. Returns copies with known members only; a description for the client's developer is in the InvalidKeyError.
 */
export function checkClientJwks(jwks: unknown): readonly PublicJwk[] {
  const keys = keysOf(jwks, MOST_KEYS).map(checkJwk);
  const ids = keys.flatMap((key) => key.kid ?? []);
  if (new Set(ids).size !== ids.length) throw new InvalidKeyError('two keys have the same kid');
  // With several keys the algorithm must not be the sender's choice
  if (keys.length > 1 && keys.some((key) => key.alg === undefined)) {
    throw new InvalidKeyError('each of several keys needs alg');
  }
  return keys;
}

/** As `checkClientJwks` for a fetched set: unfit keys are left out instead of refusing the rest (RFC 7517 §5). */
export function usableJwks(jwks: unknown): readonly PublicJwk[] {
  return keysOf(jwks, MOST_FETCHED_KEYS).flatMap((jwk) => {
    try {
      return checkJwk(jwk);
    } catch {
      return [];
    }
  });
}

function keysOf(jwks: unknown, most: number): readonly unknown[] {
  const keys: unknown = isObject(jwks) ? jwks['keys'] : jwks;
  if (!Array.isArray(keys)) throw new InvalidKeyError('a JWK Set must have an array keys');
  if (keys.length > most) throw new InvalidKeyError(`a JWK Set may have ${most} keys at most`);
  if (Buffer.byteLength(JSON.stringify(keys)) > MOST_BYTES) throw new InvalidKeyError('the JWK Set is too large');
  return keys;
}

function checkJwk(jwk: unknown): PublicJwk {
  if (!isObject(jwk)) throw new InvalidKeyError('a key must be an object');
  if (jwk['kty'] === 'oct') throw new InvalidKeyError('a symmetric key (oct) is refused');
  const secret = PRIVATE_MEMBERS.find((name) => Object.hasOwn(jwk, name));
  if (secret !== undefined) throw new InvalidKeyError(`a key carries the private member ${secret}`);
  const key = { kty: '', ...textMembers(jwk), ...operations(jwk['key_ops']) };
  checkUse(key);
  publicKeyOf(key);
  return Object.freeze(key);
}

function textMembers(jwk: Readonly<Record<string, unknown>>): Partial<Record<(typeof MEMBERS)[number], string>> {
  const members: Partial<Record<(typeof MEMBERS)[number], string>> = {};
  for (const name of MEMBERS) {
    const value = jwk[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value === '' || !isSensible(value))
      throw new InvalidKeyError(`${name} must be a string without control characters`);
    members[name] = value;
  }
  return members;
}

function operations(keyOps: unknown): { readonly key_ops?: readonly string[] } {
  if (keyOps === undefined) return {};
  if (!Array.isArray(keyOps)) throw new InvalidKeyError('key_ops must be an array');
  const names: readonly unknown[] = keyOps;
  return { key_ops: names.filter((name): name is string => typeof name === 'string' && isSensible(name)) };
}

function checkUse(jwk: PublicJwk): void {
  if ((jwk.kid?.length ?? 0) > LONGEST_KID) throw new InvalidKeyError(`kid may have ${LONGEST_KID} characters at most`);
  if (jwk.use !== undefined && jwk.use !== 'sig' && jwk.use !== 'enc') {
    throw new InvalidKeyError('use must be sig or enc');
  }
  if (jwk.use === 'enc' || jwk.alg === undefined) return;
  // Without use, an encryption algorithm says what the key is for
  const encrypts = jwk.use === undefined && /^(?:RSA-OAEP|ECDH-ES)/.test(jwk.alg);
  if (encrypts) return;
  if (!isVerificationAlg(jwk.alg)) throw new InvalidKeyError('alg of a key is not supported');
  if (!algorithmFitsKey(jwk.alg, jwk)) throw new InvalidKeyError('alg does not fit the key');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
