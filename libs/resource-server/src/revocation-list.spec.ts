import type { RevocationEntry } from '@tandem/contracts';
import fc from 'fast-check';
import { RevocationList } from './revocation-list.js';
import type { RevocableToken } from './revocation-list.js';

const token = (changes: Partial<RevocableToken> = {}): RevocableToken => ({
  ...{ jti: 'jti-1', grantId: 'grant-1', sid: 'sid-1', userId: 'user-1', clientId: 'client-1' },
  ...{ scope: ['read:orders', 'write:orders'], issuedAt: 1_000 },
  ...changes,
});

function listOf(...entries: readonly RevocationEntry[]): RevocationList {
  const list = new RevocationList();
  for (const entry of entries) list.add(entry);
  return list;
}

describe('the list of revocations', () => {
  it.each<RevocationEntry>([
    { kind: 'jti', id: 'jti-1', until: 2_000 },
    { kind: 'grant', id: 'grant-1', until: 2_000 },
    { kind: 'session', id: 'sid-1', until: 2_000 },
    { kind: 'user', id: 'user-1', notBefore: 1_000, until: 2_000 },
    { kind: 'client', id: 'client-1', notBefore: 1_000, until: 2_000 },
    { kind: 'grant-scope', id: 'grant-1', scope: ['write:orders'], notBefore: 1_000, until: 2_000 },
  ])('refuses tokens by $kind, and those of others not', (entry) => {
    const list = listOf(entry);
    expect(list.isRevoked(token())).toBe(true);
    const other = { jti: 'x', grantId: 'x', sid: 'x', userId: 'x', clientId: 'x' };
    expect(list.isRevoked(token(other))).toBe(false);
  });

  it('accepts tokens of a user, a client or a reduced grant that were issued later', () => {
    const list = listOf(
      { kind: 'user', id: 'user-1', notBefore: 1_000, until: 2_000 },
      { kind: 'client', id: 'client-1', notBefore: 1_000, until: 2_000 },
      { kind: 'grant-scope', id: 'grant-1', scope: ['write:orders'], notBefore: 1_000, until: 2_000 },
    );
    expect(list.isRevoked(token({ issuedAt: 1_001 }))).toBe(false);
  });

  it('accepts tokens of a reduced grant that do not carry what was withdrawn', () => {
    const list = listOf({
      kind: 'grant-scope',
      id: 'grant-1',
      scope: ['write:orders'],
      notBefore: 1_000,
      until: 2_000,
    });
    expect(list.isRevoked(token({ scope: ['read:orders'] }))).toBe(false);
  });

  it('refuses to mix up ids of different kinds', () => {
    const list = listOf({ kind: 'jti', id: 'grant-1', until: 2_000 });
    expect(list.isRevoked(token())).toBe(false);
  });

  it('tells that it is incomplete for as long as something that found no room may matter', () => {
    const list = new RevocationList(1);
    list.add({ kind: 'jti', id: 'a', until: 1_500 });
    expect(list.isComplete(1_000)).toBe(true);
    list.add({ kind: 'jti', id: 'a', until: 1_600 });
    expect(list.isComplete(1_000)).toBe(true);
    list.add({ kind: 'jti', id: 'b', until: 2_000 });
    expect(list.isComplete(1_000)).toBe(false);
    list.forget(1_700);
    expect([list.size, list.isComplete(1_700), list.isComplete(2_001)]).toEqual([0, false, true]);
  });

  it('refuses a token until its entry is over, and forgets the entry then', () => {
    const list = listOf({ kind: 'jti', id: 'jti-1', until: 1_500 }, { kind: 'jti', id: 'jti-1', until: 1_200 });
    list.forget(1_500);
    expect(list.isRevoked(token())).toBe(true);
    list.forget(1_501);
    expect([list.isRevoked(token()), list.size]).toEqual([false, 0]);
  });
});

const id = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
const instant = fc.integer({ min: 0, max: 50 });
const scope = fc.constantFrom('r', 'w', 'd');
const entries = fc.oneof(
  fc.record({ kind: fc.constantFrom('jti', 'grant', 'session'), id, until: instant }),
  fc.record({ kind: fc.constantFrom('user', 'client'), id, notBefore: instant, until: instant }),
  fc.record({ kind: fc.constant('grant-scope'), id, scope: fc.array(scope), notBefore: instant, until: instant }),
) as fc.Arbitrary<RevocationEntry>;
const tokens = fc.record(
  { jti: id, grantId: id, sid: id, userId: id, clientId: id, scope: fc.array(scope), issuedAt: instant },
  { requiredKeys: ['jti', 'clientId', 'scope', 'issuedAt'] },
) as fc.Arbitrary<RevocableToken>;
/** The same entries in another order, some of them more than once. */
const shuffled = (all: readonly RevocationEntry[]): fc.Arbitrary<readonly RevocationEntry[]> =>
  fc
    .tuple(fc.shuffledSubarray([...all], { minLength: all.length }), fc.shuffledSubarray([...all]))
    .map(([order, repeated]) => [...order, ...repeated]);

describe('the list of revocations, for any events', () => {
  it('refuses the same tokens whatever the order and repetition', () => {
    const property = fc.property(
      fc.array(entries, { maxLength: 20 }).chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
      fc.array(tokens, { minLength: 5, maxLength: 20 }),
      instant,
      ([all, other], some, now) => {
        const [list, same] = [listOf(...all), listOf(...other)];
        for (const one of some) expect(same.isRevoked(one)).toBe(list.isRevoked(one));
        list.forget(now);
        same.forget(now);
        for (const one of some) expect(same.isRevoked(one)).toBe(list.isRevoked(one));
      },
    );
    fc.assert(property);
  });

  it('refuses for good what it refused once: nothing that is added brings a token back', () => {
    const property = fc.property(fc.array(entries), fc.array(entries), tokens, (before, after, one) => {
      if (listOf(...before).isRevoked(one)) expect(listOf(...before, ...after).isRevoked(one)).toBe(true);
    });
    fc.assert(property);
  });
});
