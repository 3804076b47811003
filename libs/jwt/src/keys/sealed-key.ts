import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import type { SigningAlg } from '../algorithms.js';
import { InvalidKeyError } from '../invalid-key-error.js';
import { thumbprint, type PublicJwk } from './public-jwk.js';
import { signingKey, type SigningKey } from './signing-key.js';

/** What the database holds of a signing key. */
export interface SealedSigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly publicJwk: PublicJwk;
  readonly sealed: Buffer;
}

// version (1) ‖ KEK id (8) ‖ box(KEK, DEK) ‖ box(DEK, PKCS #8), where box = IV (12) ‖ tag (16) ‖ ciphertext
const VERSION = 1;
const KEY_BYTES = 32;
const ID_BYTES = 8;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const BOX_BYTES = IV_BYTES + TAG_BYTES;
const HEAD_BYTES = 1 + ID_BYTES;

/** Seals the private part for one row under a key-encryption key of 32 bytes: a data key per row, wrapped by the KEK. */
export function sealPrivateKey(key: Pick<SigningKey, 'kid' | 'alg' | 'privateKey'>, kek: Buffer): Buffer {
  const head = Buffer.concat([Buffer.of(VERSION), kekId(kek)]);
  const bound = boundTo(key, head);
  const dataKey = randomBytes(KEY_BYTES);
  const pkcs8 = key.privateKey.export({ format: 'der', type: 'pkcs8' });
  const sealed = Buffer.concat([head, box(kek, dataKey, bound), box(dataKey, pkcs8, bound)]);
  dataKey.fill(0);
  pkcs8.fill(0);
  return sealed;
}

/**
 * Opens a row under one of the readable KEKs (two while one replaces the other). A wrong KEK, altered bytes or bytes
 * of another row are an InvalidKeyError: the server must stop then, not make new keys.
 */
export function openPrivateKey(row: SealedSigningKey, kek: Buffer | readonly Buffer[]): SigningKey {
  const fitting = (Buffer.isBuffer(kek) ? [kek] : kek).find((candidate) => isSealedUnder(row.sealed, candidate));
  if (fitting === undefined)
    throw new InvalidKeyError(`the signing key ${row.kid} is sealed under a key-encryption key not given`);
  const { head, wrapped, content } = split(row.sealed);
  const privateKey = readPrivateKey(row, fitting, wrapped, content, head);
  const key = signingKey(row.alg, privateKey, row.kid);
  if (thumbprint(key.publicJwk) !== thumbprint(row.publicJwk)) {
    throw new InvalidKeyError(`the sealed signing key ${row.kid} does not belong to its public key`);
  }
  return { ...key, publicJwk: row.publicJwk };
}

/** Whether this KEK sealed the row; a row that another one sealed is to be sealed anew when KEKs are rotated. */
export const isSealedUnder = (sealed: Buffer, kek: Buffer): boolean =>
  sealed[0] === VERSION && sealed.subarray(1, HEAD_BYTES).equals(kekId(kek));

function kekId(kek: Buffer): Buffer {
  if (kek.length !== KEY_BYTES) throw new InvalidKeyError(`a key-encryption key has ${KEY_BYTES} bytes`);
  return createHmac('sha256', kek).update('tandem kek id').digest().subarray(0, ID_BYTES);
}

/** Authenticated with both boxes, so that the ciphertexts of two rows can not change places. */
const boundTo = (row: { readonly kid: string; readonly alg: string }, head: Buffer): Buffer =>
  Buffer.concat([head, Buffer.from([row.kid, row.alg, 'signing_keys'].join('\0'))]);

function split(sealed: Buffer): { readonly head: Buffer; readonly wrapped: Buffer; readonly content: Buffer } {
  const contentAt = HEAD_BYTES + BOX_BYTES + KEY_BYTES;
  return {
    head: sealed.subarray(0, HEAD_BYTES),
    wrapped: sealed.subarray(HEAD_BYTES, contentAt),
    content: sealed.subarray(contentAt),
  };
}

function readPrivateKey(row: SealedSigningKey, kek: Buffer, wrapped: Buffer, content: Buffer, head: Buffer): KeyObject {
  try {
    const bound = boundTo(row, head);
    const dataKey = unbox(kek, wrapped, bound);
    return createPrivateKey({ key: unbox(dataKey, content, bound), format: 'der', type: 'pkcs8' });
  } catch {
    throw new InvalidKeyError(`the sealed signing key ${row.kid} was altered or belongs to another row`);
  }
}

function box(key: Buffer, plain: Buffer, bound: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function unbox(key: Buffer, boxed: Buffer, bound: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, boxed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(bound).setAuthTag(boxed.subarray(IV_BYTES, BOX_BYTES));
  return Buffer.concat([decipher.update(boxed.subarray(BOX_BYTES)), decipher.final()]);
}
