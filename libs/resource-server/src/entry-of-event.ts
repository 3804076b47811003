import type { AnyDomainEvent, EventType, RevocationEntry } from '@tandem/contracts';

/** How long tokens of a disabled user or client may still be around, seconds. */
const LONGEST_ACCESS_TOKEN_SECONDS = 86_400;

/** Events that an API has use for; the others are not even verified. */
export const USED_EVENTS: ReadonlySet<string> = new Set<EventType>([
  'token.revoked',
  'grant.revoked',
  'grant.changed',
  'session.ended',
  'user.disabled',
  'client.disabled',
  'keys.rotated',
  'heartbeat',
]);
export const isUsedEvent = (type: string): type is EventType => USED_EVENTS.has(type);

/** What an event puts on the list; some put nothing. */
export function entryOfEvent(event: AnyDomainEvent): RevocationEntry | undefined {
  switch (event.type) {
    case 'token.revoked':
      return { kind: 'jti', id: event.jti, until: event.exp };
    case 'grant.revoked':
      return { kind: 'grant', id: event.grantId, until: event.exp };
    case 'grant.changed':
      // A grant that only gained kills nothing.
      if (event.withdrawnScope.length === 0) return undefined;
      return {
        kind: 'grant-scope',
        id: event.grantId,
        scope: event.withdrawnScope,
        notBefore: event.at,
        until: event.exp,
      };
    case 'session.ended':
      return { kind: 'session', id: event.sid, until: event.exp };
    case 'user.disabled':
      return deadBefore('user', event.userId, event.notBefore);
    case 'client.disabled':
      return deadBefore('client', event.clientId, event.notBefore);
    case 'client.changed':
    case 'keys.rotated':
    case 'heartbeat':
      return undefined;
  }
}

const deadBefore = (kind: 'user' | 'client', id: string, notBefore: number): RevocationEntry => ({
  kind,
  id,
  notBefore,
  until: notBefore + LONGEST_ACCESS_TOKEN_SECONDS,
});
