import { OAuthError } from './oauth-error.js';
import { isSensible } from './sensible-text.js';
import { words } from './words.js';

/** What is asked of one claim (OIDC Core §5.5.1). */
export interface ClaimDemand {
  readonly essential?: boolean;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
}

/** The `claims` parameter (OIDC Core §5.5). */
export interface ClaimsRequest {
  readonly userinfo: Readonly<Record<string, ClaimDemand | null>>;
  readonly idToken: Readonly<Record<string, ClaimDemand | null>>;
  /** Languages of the `claims_locales` parameter, best first (OIDC Core §5.2). */
  readonly locales?: readonly string[];
}

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const MAXIMUM_BYTES = 4_096;
const MAXIMUM_CLAIMS = 64;
const MAXIMUM_DEPTH = 5;

const refuse = (why: string): never => {
  throw new OAuthError('invalid_request', `claims: ${why}`);
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Refuses depth, text that can't be kept, and the names that would reach a prototype. The length was bounded before parsing. */
function checkShape(value: unknown, depth: number): void {
  if (depth > MAXIMUM_DEPTH) refuse('nested too deeply');
  if (typeof value === 'string' && !isSensible(value)) refuse('holds a control character');
  if (Array.isArray(value)) for (const member of value) checkShape(member, depth + 1);
  else if (isRecord(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (FORBIDDEN_NAMES.has(name) || !isSensible(name)) refuse('holds a forbidden name');
      checkShape(member, depth + 1);
    }
  }
}

function readDemands(value: unknown): Readonly<Record<string, ClaimDemand | null>> {
  const demands: Record<string, ClaimDemand | null> = Object.create(null) as Record<string, ClaimDemand | null>;
  if (value === undefined || value === null) return demands;
  if (!isRecord(value)) return refuse('userinfo and id_token are objects');
  const entries = Object.entries(value);
  if (entries.length > MAXIMUM_CLAIMS) refuse('too many claims');
  for (const [name, demand] of entries) {
    if (demand === null) demands[name] = null;
    else if (isRecord(demand)) demands[name] = readDemand(demand);
    else refuse('a claim is null or an object');
  }
  return demands;
}

function readDemand(demand: Record<string, unknown>): ClaimDemand {
  const { essential, value, values } = demand;
  if (essential !== undefined && typeof essential !== 'boolean') refuse('essential is a boolean');
  if (values !== undefined && !Array.isArray(values)) refuse('values is an array');
  return {
    ...(essential === undefined ? {} : { essential: essential as boolean }),
    ...(value === undefined ? {} : { value }),
    ...(values === undefined ? {} : { values: values as unknown[] }),
  };
}

/**
 * Reads the `claims` parameter, a JSON object whose members other than userinfo and id_token are ignored, and
 * `claims_locales`. Undefined when neither was sent.
 */
export function readClaimsRequest(text: string | undefined, claimsLocales?: string): ClaimsRequest | undefined {
  const locales = words(claimsLocales);
  const inLocales = locales.length === 0 ? {} : { locales };
  if (text === undefined) return locales.length === 0 ? undefined : { userinfo: {}, idToken: {}, ...inLocales };
  if (Buffer.byteLength(text) > MAXIMUM_BYTES) refuse('too long');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse('not JSON');
  }
  if (!isRecord(parsed)) return refuse('not an object');
  checkShape(parsed, 0);
  return { userinfo: readDemands(parsed['userinfo']), idToken: readDemands(parsed['id_token']), ...inLocales };
}

/** The values that a demand admits, or undefined when it admits any. */
export const demandedValues = (demand: ClaimDemand | null | undefined): readonly unknown[] | undefined =>
  demand?.values ?? (demand?.value === undefined ? undefined : [demand.value]);
