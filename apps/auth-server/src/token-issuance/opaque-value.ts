import { randomText } from '../random-text.js';

/** Kinds of opaque values; the prefix lets secret scanners find a leaked one, and no kind passes for another. */
const PREFIXES = {
  code: 'ac_',
  accessToken: 'at_',
  refreshToken: 'rt_',
  registrationToken: 'rat_',
  initialAccessToken: 'iat_',
} as const;
export type OpaqueKind = keyof typeof PREFIXES;

const BODY = /^[A-Za-z0-9_-]{43}$/;

/** 256 random bits behind the prefix of their kind. */
export const newOpaqueValue = (kind: OpaqueKind): string => PREFIXES[kind] + randomText(32);

/** A value of 32 given bytes. */
export const opaqueValueOf = (kind: OpaqueKind, bytes: Buffer): string => PREFIXES[kind] + bytes.toString('base64url');

/** Whether a presented text has the exact form of its kind: anything else is refused before any look-up. */
export const isOpaqueValue = (kind: OpaqueKind, text: string): boolean =>
  text.startsWith(PREFIXES[kind]) && BODY.test(text.slice(PREFIXES[kind].length));
