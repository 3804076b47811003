import { BrowserState } from './browser-state.js';
import { Expiring } from './expiring.js';
import { aFlow } from './flow.spec-support.js';

describe('browser state', () => {
  it('accepts the answer to a transaction once', () => {
    const state = new BrowserState();
    const id = state.begin(aFlow().transaction);
    expect(state.take(id)).toBeDefined();
    expect(state.take(id)).toBeUndefined();
  });

  it('revokes the sessions of a sid alone, and of a user when no sid is named', () => {
    const state = new BrowserState();
    const claims = (sub: string, sid: string) => aFlow({ frontClaims: { sub, sid } });
    const [alice, aliceToo, bob] = [claims('a', '1'), claims('a', '2'), claims('b', '3')].map((flow) =>
      state.signIn(flow),
    );
    expect(state.endWhere('1', 'a')).toBe(1);
    expect([alice, aliceToo, bob].map((id) => state.flow(id) !== undefined)).toEqual([false, true, true]);
    expect(state.endWhere(undefined, 'a')).toBe(1);
    expect(state.endWhere(undefined, undefined)).toBe(0);
    expect(state.flow(bob)).toBeDefined();
  });

  it('refuses to grow: the oldest entry goes', () => {
    const entries = new Expiring<number>(60_000, 2);
    for (const [index, id] of ['a', 'b', 'c'].entries()) entries.put(id, index);
    expect(['a', 'b', 'c'].map((id) => entries.get(id))).toEqual([undefined, 1, 2]);
  });

  it('refuses entries whose time is over', () => {
    const entries = new Expiring<number>(-1, 2);
    entries.put('a', 1);
    expect(entries.get('a')).toBeUndefined();
  });
});
