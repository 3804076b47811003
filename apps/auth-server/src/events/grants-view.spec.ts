import type { AnyDomainEvent, GrantEvent } from '@tandem/contracts';
import type { RecordedGrant } from '@tandem/persistence';
import fc from 'fast-check';
import { differencesOf } from './grant-differences.js';
import { GrantsView } from './grants-view.js';

const NOW = 1_800_000_000;
const contents = { sid: 's', audience: [], expiresAt: NOW + 3_600 };
const issued = (grantId = 'gr_1'): GrantEvent => ({
  ...{ type: 'grant.issued', at: NOW, grantId, userId: 'usr', clientId: 'web', version: 1 },
  ...{ ...contents, scope: ['openid', 'a', 'b'] },
});
const changed = (version: number, scope: readonly string[]): AnyDomainEvent => ({
  ...{ id: `e${version}`, type: 'grant.changed', at: NOW, grantId: 'gr_1', version },
  ...{ ...contents, scope, withdrawnScope: [], exp: 0 },
});
const revoked: AnyDomainEvent = {
  ...{ id: 'r', type: 'grant.revoked', at: NOW, grantId: 'gr_1', userId: 'usr', clientId: 'web' },
  ...{ reason: 'operator', exp: NOW },
};
const viewOf = (events: readonly (AnyDomainEvent | GrantEvent)[]): GrantsView => {
  const view = new GrantsView();
  for (const event of events) view.take(event);
  return view;
};
const recorded = (changes: Partial<RecordedGrant> = {}): RecordedGrant => ({
  ...{ grantId: 'gr_1', userId: 'usr', clientId: 'web', ...contents, scope: ['openid', 'a', 'b'] },
  ...{ createdAt: NOW, ended: false, ...changes },
});
const differences = (events: readonly (AnyDomainEvent | GrantEvent)[], kept: RecordedGrant | undefined) =>
  differencesOf('gr_1', viewOf(events).find('gr_1'), kept, NOW);

describe('the grants as events tell them', () => {
  it('shows the same in whatever order and however often the events come', () => {
    const story = [issued(), changed(2, ['openid', 'a']), changed(3, ['openid', 'a', 'c']), revoked];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(story, { minLength: story.length }),
        fc.array(fc.constantFrom(...story)),
        (order, again) => {
          expect(viewOf([...order, ...again]).find('gr_1')).toEqual(viewOf(story).find('gr_1'));
        },
      ),
    );
    expect(viewOf(story).find('gr_1')).toMatchObject({ contents: { scope: ['openid', 'a', 'c'] }, ended: true });
  });

  it('tells no difference where PostgreSQL has the same', () => {
    expect(differences([issued()], recorded())).toEqual([]);
    expect(differences([issued(), revoked], recorded({ ended: true }))).toEqual([]);
    expect(differences([issued(), changed(2, ['openid'])], recorded({ scope: ['openid'] }))).toEqual([]);
  });

  it.each([
    [{ scope: ['openid'] }, 'gr_1: scope is "openid a b" by the events, "openid" in PostgreSQL'],
    [{ ended: true }, 'gr_1: ended is false by the events, true in PostgreSQL'],
    [{ userId: 'other' }, 'gr_1: userId is usr by the events, other in PostgreSQL'],
    [{ expiresAt: NOW }, `gr_1: expiresAt is ${NOW + 3_600} by the events, ${NOW} in PostgreSQL`],
  ])('tells that %j differs', (changes, told) => {
    expect(differences([issued()], recorded(changes))).toEqual([told]);
  });

  it('tells a grant that only one side has, unless its time is over', () => {
    expect(differences([issued()], undefined)).toEqual(['gr_1: told by events, not in PostgreSQL']);
    expect(differences([], recorded())).toEqual(['gr_1: in PostgreSQL, told by no event']);
    const old = viewOf([issued()]).find('gr_1');
    expect(differencesOf('gr_1', old, undefined, NOW + 3_600 + 86_401)).toEqual([]);
  });

  it('tells of a grant older than the events what they say of it', () => {
    expect(differences([revoked], recorded())).toEqual(['gr_1: ended is true by the events, false in PostgreSQL']);
    expect(differences([revoked], recorded({ ended: true }))).toEqual([]);
  });
});
