import { isLoopbackHost } from '../redirect-uri.js';
import { isSensible } from '../sensible-text.js';

/** One thing that is wrong with an input: where, and why in words that never echo the input. */
export interface Problem {
  readonly path: string;
  readonly why: string;
}

/** Reads one value or reports why it can't; `undefined` in means the member is absent. */
export type Reader<T> = (value: unknown, path: string, report: (path: string, why: string) => void) => T | undefined;

const MAXIMUM_TEXT = 2_000;
const MAXIMUM_MEMBERS = 50;

/** Characters that reorder text on screen: a name with them could pose as another. */
const BIDI_OVERRIDES = /[\u202A-\u202E\u2066-\u2069\u200E\u200F]/;

export const text: Reader<string> = (value, path, report) => {
  if (typeof value !== 'string' || value === '') return void report(path, 'must be a non-empty string');
  if (value.length > MAXIMUM_TEXT) return void report(path, 'is too long');
  if (!isSensible(value) || BIDI_OVERRIDES.test(value)) return void report(path, 'holds a control character');
  return value;
};

/** A name or word of at most `limit` characters. */
export const shortText =
  (limit: number): Reader<string> =>
  (value, path, report) => {
    const read = text(value, path, report);
    return read !== undefined && read.length > limit ? void report(path, `is longer than ${limit} characters`) : read;
  };

export const flag: Reader<boolean> = (value, path, report) =>
  typeof value === 'boolean' ? value : void report(path, 'must be true or false');

export const wholeNumber =
  (minimum: number, maximum: number): Reader<number> =>
  (value, path, report) =>
    Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum
      ? (value as number)
      : void report(path, `must be a whole number from ${minimum} to ${maximum}`);

export const oneOf =
  <T extends string>(allowed: readonly T[]): Reader<T> =>
  (value, path, report) =>
    (allowed as readonly unknown[]).includes(value)
      ? (value as T)
      : void report(path, `must be one of: ${allowed.join(', ')}`);

export const listOf =
  <T>(member: Reader<T>): Reader<readonly T[]> =>
  (value, path, report) => {
    if (!Array.isArray(value)) return void report(path, 'must be a list');
    if (value.length > MAXIMUM_MEMBERS) return void report(path, `has more than ${MAXIMUM_MEMBERS} members`);
    const read = value.map((item, index) => member(item, `${path}[${index}]`, report));
    return read.includes(undefined) ? undefined : (read as readonly T[]);
  };

/** An absolute http(s) URL; `https` alone unless the host is this machine. */
export const webUrl: Reader<string> = (value, path, report) => {
  const read = text(value, path, report);
  if (read === undefined) return undefined;
  try {
    const url = new URL(read);
    const local = url.protocol === 'http:' && isLoopbackHost(url.hostname);
    if (url.protocol !== 'https:' && !local) return void report(path, 'must be an https URL');
    if (url.username !== '' || url.password !== '') return void report(path, 'must not name a user');
    return read;
  } catch {
    return void report(path, 'must be an absolute URL');
  }
};

/** A URL that a browser is sent to and that must be https without exception. */
export const httpsUrl: Reader<string> = (value, path, report) => {
  const read = webUrl(value, path, report);
  return read !== undefined && !read.startsWith('https:') ? void report(path, 'must be an https URL') : read;
};

/** A browser origin as it stands in the `Origin` header. */
export const origin: Reader<string> = (value, path, report) => {
  const read = webUrl(value, path, report);
  return read !== undefined && new URL(read).origin !== read
    ? void report(path, 'must be an origin: scheme, host and port only')
    : read;
};
