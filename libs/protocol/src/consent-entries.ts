import type { Api } from './model/api.js';
import { isIdentityScope } from './user-claims.js';

/** The APIs that a scope reaches; none of an identity scope, whatever APIs call theirs. */
export const apisOfScope = (scope: string, apis: readonly Api[]): readonly Api[] =>
  isIdentityScope(scope) ? [] : apis.filter(({ scopes }) => Object.hasOwn(scopes, scope));

/**
 * How scopes stand in a remembered consent: an identity scope by itself, an API's scope behind the identifier of each API
 * that it reaches, so that a yes for one API counts for no other. Scopes hold no space (RFC 6749 §3.3), so the two can't be
 * confused.
 */
const entriesOf = (scope: string, apis: readonly Api[]): readonly string[] => {
  const reached = apisOfScope(scope, apis);
  return reached.length === 0 ? [scope] : reached.map(({ identifier }) => `${identifier} ${scope}`);
};

export const consentEntries = (scope: readonly string[], apis: readonly Api[]): readonly string[] =>
  scope.flatMap((word) => entriesOf(word, apis));

/** Those of the scopes that the remembered entries allow, at every API that they reach. */
export const consentedScope = (
  scope: readonly string[],
  apis: readonly Api[],
  entries: readonly string[],
): readonly string[] => scope.filter((word) => entriesOf(word, apis).every((entry) => entries.includes(entry)));
