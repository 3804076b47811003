import type { KeyObject } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import { InvalidKeyError } from '../invalid-key-error.js';
import { InvalidTokenError } from '../invalid-token-error.js';
import { encryptionKeyFor } from '../keys/choose-keys.js';
import { publicKeyOf } from '../keys/key-policy.js';
import type { PublicJwk } from '../keys/public-jwk.js';
import { decode } from '../tokens/compact-form.js';
import { readJsonObject, type JsonObject } from '../tokens/json-object.js';

/** Key management that is offered: no RSA1_5 (padding oracle), no PBES2 (work chosen by the sender), no `dir`. */
export const ENCRYPTION_ALGS = ['RSA-OAEP-256', 'ECDH-ES'] as const;
export type EncryptionAlg = (typeof ENCRYPTION_ALGS)[number];
export const ENCRYPTION_ENCS = ['A128CBC-HS256', 'A256GCM'] as const;
export type EncryptionEnc = (typeof ENCRYPTION_ENCS)[number];

/** One of our private keys for decryption. */
export interface DecryptionKey {
  readonly kid: string;
  readonly alg: EncryptionAlg;
  readonly privateKey: KeyObject;
}

export interface DecryptedToken {
  readonly plaintext: string;
  readonly kid?: string;
  /** `JWT` when the plaintext is a signed token that is still to be verified. */
  readonly contentType?: string;
}

const LONGEST_TOKEN = 64 * 1024;
const KNOWN = ['alg', 'enc', 'kid', 'typ', 'cty', 'epk', 'apu', 'apv'];
const SEGMENTS = 5;
const KEY_SEGMENT = 1;

/** Encrypts a signed token to its recipient (RFC 7516, nested as RFC 7519 §11.2 advises: sign, then encrypt). */
export async function encryptToken(
  jwt: string,
  recipient: {
    readonly alg: EncryptionAlg;
    readonly enc: EncryptionEnc;
    readonly jwk: PublicJwk;
    readonly contentType?: string;
  },
): Promise<string> {
  const { alg, enc, jwk, contentType: cty = 'JWT' } = recipient;
  if (encryptionKeyFor([jwk], alg) === undefined) throw new InvalidKeyError(`the key is not for ${alg}`);
  const header = { alg, enc, cty, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) };
  return new CompactEncrypt(Buffer.from(jwt)).setProtectedHeader(header).encrypt(publicKeyOf(jwk));
}

/** Decrypts a token sent to us. The plaintext proves nothing about its sender: verify it next. */
export async function decryptToken(
  jwe: string,
  options: { readonly keys: readonly DecryptionKey[] },
): Promise<DecryptedToken> {
  const header = readEncryptedHeader(jwe);
  const alg = oneOf(ENCRYPTION_ALGS, header['alg']);
  const enc = oneOf(ENCRYPTION_ENCS, header['enc']);
  const { kid, cty } = header;
  const key = options.keys.find((own) => own.alg === alg && (kid === undefined || own.kid === kid));
  if (key === undefined) throw new InvalidTokenError('unknown_key');
  try {
    const { plaintext } = await compactDecrypt(jwe, key.privateKey, {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: [enc],
      maxDecompressedLength: 0,
    });
    return { plaintext: Buffer.from(plaintext).toString(), kid: key.kid, contentType: textOrNothing(cty) };
  } catch {
    // One answer for every failure, so that it is no oracle
    throw new InvalidTokenError('bad_encryption');
  }
}

function readEncryptedHeader(jwe: string): JsonObject {
  if (typeof jwe !== 'string' || jwe.length > LONGEST_TOKEN) throw new InvalidTokenError('malformed', 'size');
  const segments = jwe.split('.');
  if (segments.length !== SEGMENTS) throw new InvalidTokenError('malformed', 'segments');
  const [header] = segments.map((segment, index) =>
    // ECDH-ES agrees on the content key, so nothing is wrapped
    segment === '' && index === KEY_SEGMENT ? Buffer.alloc(0) : decode(segment),
  );
  const members = readJsonObject(header ?? Buffer.alloc(0), 'header');
  // `zip` is not among them: a few bytes could unpack to very many
  if (Object.keys(members).some((name) => !KNOWN.includes(name))) throw new InvalidTokenError('bad_header');
  return members;
}

function oneOf<T extends string>(offered: readonly T[], value: unknown): T {
  const found = offered.find((name) => name === value);
  if (found === undefined) throw new InvalidTokenError('wrong_algorithm');
  return found;
}

const textOrNothing = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
