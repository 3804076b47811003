import type { Api } from './model/api.js';
import { isIdentityScope } from './user-claims.js';

/**
 * How scopes stand in a remembered consent: an identity scope by itself, an API's scope behind the API's identifier, so
 * that a yes for one API counts for no other. Scopes hold no space (RFC 6749 §3.3), so the two can't be confused.
 */
export const consentEntry = (scope: string, apis: readonly Api[]): string => {
  const api = isIdentityScope(scope) ? undefined : apis.find(({ scopes }) => Object.hasOwn(scopes, scope));
  return api === undefined ? scope : `${api.identifier} ${scope}`;
};

export const consentEntries = (scope: readonly string[], apis: readonly Api[]): readonly string[] =>
  scope.map((word) => consentEntry(word, apis));

/** Those of the scopes that the remembered entries allow. */
export const consentedScope = (
  scope: readonly string[],
  apis: readonly Api[],
  entries: readonly string[],
): readonly string[] => scope.filter((word) => entries.includes(consentEntry(word, apis)));
