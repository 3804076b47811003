import type { Grant } from './model/grant.js';
import { OAuthError } from './oauth-error.js';

/** Bytes as JSON. A request's own scopes always fit; both together leave an event room for everything else. */
const MAXIMUM = { scope: 2_300, audience: 2_300 } as const;

const bytes = (texts: readonly string[]): number => Buffer.byteLength(JSON.stringify(texts));

/**
 * A grant can only grow as far as an event can tell it: merging again and again must not make one that no stream takes.
 *
 * @throws OAuthError.
 */
export function checkGrantBounds<G extends Pick<Grant, 'scope' | 'audience'>>(grant: G): G {
  if (bytes(grant.scope) > MAXIMUM.scope) throw new OAuthError('invalid_scope', 'the grant would hold too many scopes');
  if (bytes(grant.audience) > MAXIMUM.audience)
    throw new OAuthError('invalid_target', 'the grant would be for too many APIs');
  return grant;
}
