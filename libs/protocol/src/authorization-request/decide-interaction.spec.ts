import { aClient, anAuthorizationRequest, refusalOf, type FormChanges } from '../builders.spec-support.js';
import type { Client } from '../model/client.js';
import { decideInteraction, type InteractionFacts } from './decide-interaction.js';

const NOW = 1_700_000_000;
const SINGLE = 'urn:tandem:acr:single-factor';
const MULTI = 'urn:tandem:acr:multi-factor';
const PAPE = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
const session = { sid: 's', userId: 'usr_1', authTime: NOW - 60, acr: SINGLE, amr: ['pwd'] };
const known = { session, subject: 'usr_1', consentedScope: ['openid', 'profile'] };
const loggedIn = { acted: { loggedInAt: NOW - 1 } };
const accepted = { acted: { consent: 'accepted' } } as const;
const denied = { acted: { consent: 'denied' } } as const;

const factsOf = (
  form: FormChanges,
  more: Partial<InteractionFacts>,
  client: Partial<Client> = {},
): InteractionFacts => ({
  request: anAuthorizationRequest(form, { client: aClient(client) }),
  consentedScope: [],
  acted: {},
  acrSupported: [SINGLE],
  hasSecondFactor: false,
  now: NOW,
  ...more,
});

/** The decision in one word: what is next, or the refusal. */
function outcome(form: FormChanges, more: Partial<InteractionFacts>, client: Partial<Client> = {}): string {
  let next = '';
  const refusal = refusalOf(() => {
    next = decideInteraction(factsOf(form, more, client)).next;
  });
  return refusal ?? next;
}

const hinted = { claims: JSON.stringify({ id_token: { sub: { value: 'usr_2' } } }) };
const acr = (demand: object): FormChanges => ({ claims: JSON.stringify({ id_token: { acr: demand } }) });

describe('the next step of a request', () => {
  const rows: readonly (readonly [string, FormChanges, Partial<InteractionFacts>, string])[] = [
    ['nobody signed in', {}, {}, 'login'],
    ['signed in, all allowed before', {}, known, 'proceed'],
    ['signed in, nothing allowed yet', {}, { ...known, consentedScope: [] }, 'consent'],
    ['signed in, a scope not allowed yet', {}, { ...known, consentedScope: ['openid'] }, 'consent'],
    ['signed in and accepted now', {}, { ...known, ...accepted, consentedScope: [] }, 'proceed'],
    ['denied', {}, { ...known, ...denied }, 'access_denied'],
    ['denied, and the session is gone', {}, denied, 'access_denied'],
    ['a session that vanished after the sign-in', {}, loggedIn, 'login'],

    ['prompt=none, nobody signed in', { prompt: 'none' }, {}, 'login_required'],
    ['prompt=none, all allowed before', { prompt: 'none' }, known, 'proceed'],
    ['prompt=none, nothing allowed yet', { prompt: 'none' }, { ...known, consentedScope: [] }, 'consent_required'],
    ['prompt=none, sign-in too old', { prompt: 'none', max_age: '59' }, known, 'login_required'],
    ['prompt=none, another user', { prompt: 'none', ...hinted }, known, 'login_required'],

    ['prompt=login', { prompt: 'login' }, known, 'login'],
    ['prompt=login after the sign-in', { prompt: 'login' }, { ...known, ...loggedIn }, 'proceed'],
    ['prompt=select_account, nobody signed in', { prompt: 'select_account' }, {}, 'login'],
    ['prompt=select_account', { prompt: 'select_account' }, { mustChoose: true }, 'select-account'],
    ['prompt=select_account after the choice', { prompt: 'select_account' }, known, 'proceed'],
    [
      'prompt=select_account after the choice of a stale sign-in',
      { prompt: 'select_account', max_age: '59' },
      known,
      'login',
    ],
    ['prompt=select_account login', { prompt: 'select_account login' }, known, 'login'],
    ['several accounts', {}, { mustChoose: true }, 'select-account'],
    ['several accounts, prompt=login', { prompt: 'login' }, { mustChoose: true }, 'login'],
    ['several accounts, prompt=none', { prompt: 'none' }, { mustChoose: true }, 'account_selection_required'],
    ['prompt=create', { prompt: 'create' }, known, 'login'],
    ['prompt=consent', { prompt: 'consent' }, known, 'consent'],
    ['prompt=consent after the answer', { prompt: 'consent' }, { ...known, ...accepted }, 'proceed'],
    ['prompt=login consent after the sign-in', { prompt: 'login consent' }, { ...known, ...loggedIn }, 'consent'],

    ['a sign-in younger than max_age', { max_age: '61' }, known, 'proceed'],
    ['a sign-in exactly max_age old', { max_age: '60' }, known, 'proceed'],
    ['a sign-in older than max_age', { max_age: '59' }, known, 'login'],
    ['a sign-in older than max_age, repeated', { max_age: '59' }, { ...known, ...loggedIn }, 'proceed'],
    ['max_age=0', { max_age: '0' }, known, 'login'],
    [
      'max_age=0 in the second of the sign-in',
      { max_age: '0' },
      { ...known, session: { ...session, authTime: NOW } },
      'login',
    ],
    ['max_age=0 after the sign-in', { max_age: '0' }, { ...known, ...loggedIn }, 'proceed'],

    ['another user than expected', hinted, known, 'login'],
    ['another user than expected after the sign-in', hinted, { ...known, ...loggedIn }, 'login_required'],
    ['the expected user', hinted, { ...known, subject: 'usr_2' }, 'proceed'],

    [
      'an essential acr that is reached',
      acr({ essential: true, values: ['x', 'urn:tandem:acr:single-factor'] }),
      known,
      'proceed',
    ],
    [
      'an essential acr that nothing reaches',
      acr({ essential: true, value: 'x' }),
      known,
      'unmet_authentication_requirements',
    ],
    ['the same before the sign-in', acr({ essential: true, value: 'x' }), {}, 'unmet_authentication_requirements'],
    ['a voluntary acr that nothing reaches', acr({ value: 'x' }), known, 'proceed'],
    ['an essential acr of any value', acr({ essential: true }), known, 'proceed'],
  ];
  it.each(rows)('tells for %s: %j', (_what, form, more, expected) => {
    expect(outcome(form, more)).toBe(expected);
  });
});

describe('consent', () => {
  it('shows only what was not allowed before, and with prompt=consent everything', () => {
    const facts = { ...known, consentedScope: ['openid'] };
    expect(decideInteraction(factsOf({}, facts))).toEqual({ next: 'consent', session, missingScope: ['profile'] });
    expect(decideInteraction(factsOf({ prompt: 'consent' }, facts))).toMatchObject({
      missingScope: ['openid', 'profile'],
    });
  });

  it('accepts a client that skips it, unless the request asks for it', () => {
    const facts = { ...known, consentedScope: [] };
    expect(outcome({}, facts, { skipConsent: true })).toBe('proceed');
    expect(outcome({ prompt: 'none' }, facts, { skipConsent: true })).toBe('proceed');
    expect(outcome({ prompt: 'consent' }, facts, { skipConsent: true })).toBe('consent');
    expect(outcome({}, denied, { skipConsent: true })).toBe('access_denied');
  });
});

it('accepts the default_max_age of the client where the request names none', () => {
  expect(outcome({}, known, { defaultMaxAge: 30 })).toBe('login');
  expect(outcome({ max_age: '90' }, known, { defaultMaxAge: 30 })).toBe('proceed');
});

describe('the strength of a sign-in', () => {
  const here = { ...known, acrSupported: [SINGLE, MULTI, PAPE, 'phr'] };
  const enrolled = { ...here, hasSecondFactor: true };
  const strong = { ...enrolled, session: { ...session, acr: MULTI, amr: ['pwd', 'otp', 'mfa'] } };
  const byPasskey = { ...here, session: { ...session, acr: 'phr', amr: ['pop', 'user', 'mfa'] } };
  const essential = (...values: readonly string[]): FormChanges => acr({ essential: true, values });
  const wish = (values: string, prompt?: string): FormChanges => ({ acr_values: values, prompt });

  const rows: readonly (readonly [string, FormChanges, Partial<InteractionFacts>, string])[] = [
    ['a demand that the session meets', essential(MULTI), strong, 'proceed'],
    ['a demand that the second factor meets', essential(MULTI), enrolled, 'second-factor'],
    ['a demand, one of several', essential('x', SINGLE), here, 'proceed'],
    ['a demand of somebody without a second factor', essential(MULTI), here, 'login'],
    ['the same after a sign-in that was too weak', essential(MULTI), { ...here, ...loggedIn }, 'login'],
    ['a demand that no second factor meets', essential('phr'), enrolled, 'login'],
    ['a demand that is met by more', essential(PAPE), byPasskey, 'proceed'],
    [
      'a demand that is not met here',
      essential('phr'),
      { ...enrolled, acrSupported: [SINGLE] },
      'unmet_authentication_requirements',
    ],
    ['a demand, and a sign-in too old', { ...essential(MULTI), max_age: '59' }, enrolled, 'login'],
    ['a demand, and prompt=login', { ...essential(MULTI), prompt: 'login' }, enrolled, 'login'],
    ['a demand, nobody signed in', essential(MULTI), { acrSupported: here.acrSupported }, 'login'],
    [
      'prompt=none, the second factor lacking',
      { ...essential(MULTI), prompt: 'none' },
      enrolled,
      'interaction_required',
    ],
    ['prompt=none, a sign-in lacking', { ...essential(MULTI), prompt: 'none' }, here, 'login_required'],
    ['prompt=none, strong enough', { ...essential(MULTI), prompt: 'none' }, strong, 'proceed'],
    ['a step up before the consent', essential(MULTI), { ...enrolled, consentedScope: [] }, 'second-factor'],

    ['a wish of somebody who can grant it', wish(MULTI), enrolled, 'second-factor'],
    ['the wish of Auth0’s applications', wish(PAPE), enrolled, 'second-factor'],
    ['a wish of somebody who can not', wish(MULTI), here, 'proceed'],
    ['a wish that was granted', wish(MULTI), strong, 'proceed'],
    ['a wish that was granted by more', wish(PAPE), byPasskey, 'proceed'],
    ['a wish for what the session is', wish(`${SINGLE} ${MULTI}`), enrolled, 'proceed'],
    ['a wish for more, then less', wish(`${MULTI} ${SINGLE}`), enrolled, 'second-factor'],
    ['a wish that only a passkey grants, then one by a second factor', wish(`phr ${MULTI}`), enrolled, 'second-factor'],
    ['a wish for what nobody knows', wish('urn:x'), enrolled, 'proceed'],
    ['a wish that a silent request can not have', wish(MULTI, 'none'), enrolled, 'proceed'],
    ['a voluntary acr of claims', acr({ values: [MULTI] }), enrolled, 'second-factor'],
  ];
  it.each(rows)('tells for %s: %j', (_what, form, more, expected) => {
    expect(outcome(form, more)).toBe(expected);
  });

  it('refuses less than the operator requires, of a client or of everybody', () => {
    expect(outcome({}, enrolled, { requiredAcr: MULTI })).toBe('second-factor');
    expect(outcome({}, strong, { requiredAcr: MULTI })).toBe('proceed');
    expect(outcome({ prompt: 'none' }, enrolled, { requiredAcr: PAPE })).toBe('interaction_required');
    expect(outcome({}, known, { requiredAcr: MULTI })).toBe('unmet_authentication_requirements');
    expect(outcome({}, { ...enrolled, acrRequired: MULTI })).toBe('second-factor');
    expect(outcome({}, { ...here, acrRequired: MULTI })).toBe('login');
    expect(outcome({}, { ...byPasskey, acrRequired: MULTI })).toBe('proceed');
    expect(outcome(wish(SINGLE), { ...enrolled, acrRequired: MULTI })).toBe('second-factor');
  });

  it('accepts the wishes that a client registered by default', () => {
    expect(outcome({}, enrolled, { defaultAcrValues: [MULTI] })).toBe('second-factor');
    expect(outcome(wish(SINGLE), enrolled, { defaultAcrValues: [MULTI] })).toBe('proceed');
  });
});
