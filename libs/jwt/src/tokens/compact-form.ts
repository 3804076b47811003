import { InvalidTokenError } from '../invalid-token-error.js';
import { readClaims, type TokenClaims } from './claims.js';
import { checkHeader, type TokenHeader } from './header-policy.js';
import { readJsonObject } from './json-object.js';

const LONGEST_TOKEN = 16 * 1024;

/** The three parts of a token in its one canonical spelling, decoded once. */
export interface CompactToken {
  readonly header: Buffer;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/**
 * Splits a token that has exactly one spelling. Libraries also take padding, the other alphabet and changed unused
 * bits, and then one token has several spellings: whatever remembers tokens would be blind to all but one.
 */
export function splitToken(token: string): CompactToken {
  if (typeof token !== 'string' || token.length > LONGEST_TOKEN) throw new InvalidTokenError('malformed', 'size');
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature) throw new InvalidTokenError('malformed', 'segments');
  return { header: decode(header), payload: decode(payload), signature: decode(signature) };
}

/** Decodes a segment that re-encodes to itself, which no padding, other alphabet or stray bit survives. */
export function decode(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (segment === '' || bytes.toString('base64url') !== segment) {
    throw new InvalidTokenError('malformed', 'base64url');
  }
  return bytes;
}

/** The header of a token that nobody has verified: good for choosing keys, for nothing else. */
export const readHeader = (token: string): TokenHeader =>
  checkHeader(readJsonObject(splitToken(token).header, 'header'));

/** The claims of a token that nobody has verified: good for finding the client whose keys to ask, for nothing else. */
export const readUnverifiedClaims = (token: string): TokenClaims =>
  readClaims(readJsonObject(splitToken(token).payload, 'payload'));
