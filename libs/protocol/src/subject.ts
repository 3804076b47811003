import { createHmac } from 'node:crypto';
import type { Client } from './model/client.js';

/** The host that pairwise subjects of a client are computed for (OIDC Core §8.1). */
export const sectorOf = (client: Client): string =>
  new URL(client.sectorIdentifierUri ?? client.redirectUris[0] ?? 'urn:none').hostname || client.clientId;

/**
 * The `sub` that a client sees for a user: the user id, or for pairwise clients a keyed hash of sector and user id, so
 * that two sectors can't compare notes (OIDC Core §8.1).
 */
export function subjectFor(userId: string, client: Client, pairwiseKey: Buffer): string {
  if (client.subjectType === 'public') return userId;
  return createHmac('sha256', pairwiseKey)
    .update(`${sectorOf(client)}\u0000${userId}`)
    .digest('base64url');
}
