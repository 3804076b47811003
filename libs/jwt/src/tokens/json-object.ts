import { isUtf8 } from 'node:buffer';
import { InvalidTokenError } from '../invalid-token-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

const FORBIDDEN_NAMES = ['__proto__', 'constructor', 'prototype'];
// A name can also be spelled with escapes, so any \u makes us look closer; most payloads need no second look.
const NEEDS_A_LOOK = /__proto__|constructor|prototype|\\u/;

/** Parses bytes that must be a JSON object without names that would reach a prototype, at any depth. */
export function readJsonObject(bytes: Buffer, part: 'header' | 'payload'): JsonObject {
  if (!isUtf8(bytes)) throw new InvalidTokenError('malformed', part);
  const text = bytes.toString('utf8');
  const value = parse(text, part);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidTokenError('malformed', `${part} is no object`);
  }
  if (NEEDS_A_LOOK.test(text)) refuseForbiddenNames(value);
  return value as JsonObject;
}

function parse(text: string, part: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InvalidTokenError('malformed', part);
  }
}

function refuseForbiddenNames(root: object): void {
  // A stack of our own: depth is the sender's choice
  const open: object[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const [name, value] of Object.entries(next) as [string, unknown][]) {
      if (FORBIDDEN_NAMES.includes(name)) throw new InvalidTokenError('bad_claims', 'forbidden name');
      if (typeof value === 'object' && value !== null) open.push(value);
    }
  }
}
