import { apisOfScope } from './consent-entries.js';
import type { Api } from './model/api.js';
import { OAuthError } from './oauth-error.js';

/** Scopes together with the APIs that they were allowed for. */
export interface Reach {
  readonly scope: readonly string[];
  readonly apis: readonly Api[];
}

/**
 * A grant is one list of scopes and one of APIs. Merged with another (Grant Management for OAuth 2.0 §5.2), a scope of one
 * could reach an API of the other that has one of the same name, or last without its user at an API that wants none of that,
 * though nobody was asked.
 *
 * @throws OAuthError.
 */
export function checkMergedReach(held: Reach, added: Reach): void {
  for (const [one, other] of [
    [held, added],
    [added, held],
  ] as const) {
    const isAllowed = (word: string, { identifier }: Api): boolean =>
      other.scope.includes(word) || one.apis.some((api) => api.identifier === identifier);
    if (one.scope.some((word) => !apisOfScope(word, other.apis).every((api) => isAllowed(word, api))))
      throw new OAuthError('invalid_scope', 'merged, a scope would reach an API that it was not allowed for');
    if (one.scope.includes('offline_access') && other.apis.some(({ allowOfflineAccess }) => !allowOfflineAccess))
      throw new OAuthError('invalid_scope', 'an API of the merged grant allows no offline access');
  }
}
