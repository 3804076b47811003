import type { LoginSettings } from '../declared-configuration/declared-configuration.js';
import { reachableAcr } from './reachable-acr.js';

const SINGLE = 'urn:tandem:acr:single-factor';
const MULTI = 'urn:tandem:acr:multi-factor';
const PAPE = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

const login = (secondFactor: LoginSettings['secondFactor']): LoginSettings => ({
  methods: ['password'],
  connections: [],
  secondFactor,
  signUp: false,
});

describe('what a sign-in can reach', () => {
  it.each([
    ['off', [SINGLE]],
    ['optional', [SINGLE, MULTI, PAPE]],
    ['required', [SINGLE, MULTI, PAPE]],
  ] as const)('shows for a password with a second factor that is %s: %j', (secondFactor, reached) => {
    expect(reachableAcr(login(secondFactor))).toEqual(reached);
    expect(reachableAcr(login(secondFactor), { loginMethods: ['password'] })).toEqual(reached);
  });

  it('shows nothing for a client that admits no way that is switched on', () => {
    expect(reachableAcr(login('optional'), { loginMethods: ['another'] })).toEqual([]);
  });
});
