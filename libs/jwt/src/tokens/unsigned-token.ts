import { InvalidTokenError } from '../invalid-token-error.js';
import { readClaims, type TokenClaims } from './claims.js';
import { decode } from './compact-form.js';
import { readJsonObject } from './json-object.js';

const LONGEST_TOKEN = 16 * 1024;

/**
 * The claims of a request object with `alg: none`, which proves nothing (OIDC Core §6.1): only for clients that
 * registered it. Undefined when the token is not of that form; then it must be verified like any other.
 */
export function readUnsignedClaims(token: string): TokenClaims | undefined {
  if (token.length > LONGEST_TOKEN) throw new InvalidTokenError('malformed', 'size');
  const [header = '', payload = '', signature, ...rest] = token.split('.');
  if (signature !== '' || rest.length > 0 || header === '') return undefined;
  if (readJsonObject(decode(header), 'header')['alg'] !== 'none') return undefined;
  return readClaims(readJsonObject(decode(payload), 'payload'));
}
