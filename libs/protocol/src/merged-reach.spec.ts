import fc from 'fast-check';
import { anApi, refusalOf } from './builders.spec-support.js';
import { apisOfScope } from './consent-entries.js';
import { checkMergedReach, type Reach } from './merged-reach.js';

const orders = anApi({ identifier: 'https://orders.example/', scopes: { read: 'Read', place: 'Place' } });
const files = anApi({ identifier: 'https://files.example/', scopes: { read: 'Read', delete: 'Delete' } });
const secret = anApi({ identifier: 'https://secret.example/', scopes: {}, allowOfflineAccess: false });

const pairsOf = ({ scope, apis }: Reach): readonly string[] =>
  scope.flatMap((word) => apisOfScope(word, apis).map(({ identifier }) => `${identifier} ${word}`));

describe('a merged grant', () => {
  const reach = fc.record({
    scope: fc.subarray(['openid', 'offline_access', 'read', 'place', 'delete']),
    apis: fc.subarray([orders, files, secret]),
  });

  it('is refused exactly when a scope of it would reach what neither part reaches', () => {
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(reach, reach, (held, added) => {
        const refusal = refusalOf(() => checkMergedReach(held, added));
        const merged = { scope: [...held.scope, ...added.scope], apis: [...held.apis, ...added.apis] };
        const allowed = [...pairsOf(held), ...pairsOf(added)];
        const isWider = pairsOf(merged).some((pair) => !allowed.includes(pair));
        const isOffline = ({ scope }: Reach): boolean => scope.includes('offline_access');
        const outlasts =
          (isOffline(held) && added.apis.includes(secret)) || (isOffline(added) && held.apis.includes(secret));
        seen.add(refusal);
        expect(refusal).toBe(isWider || outlasts ? 'invalid_scope' : undefined);
      }),
    );
    expect(seen.size).toBe(2);
  });
});
