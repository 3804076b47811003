import { acrFor } from '../authentication-context.js';
import { aClient, parametersOf } from '../builders.spec-support.js';
import type { Client } from '../model/client.js';
import { acrWishesOfPending, meetsDemands, type AcrWishes } from './acr-wishes.js';

const SINGLE = 'urn:tandem:acr:single-factor';
const MULTI = 'urn:tandem:acr:multi-factor';
const PAPE = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

const wishes = (acrValues?: string, acr?: object, client: Partial<Client> = {}): AcrWishes =>
  acrWishesOfPending(
    aClient(client),
    parametersOf({
      acr_values: acrValues,
      claims: acr === undefined ? undefined : JSON.stringify({ id_token: { acr } }),
    }),
  );

describe('wishes for the strength of a sign-in', () => {
  it('tells a demand from a wish', () => {
    expect(wishes()).toEqual({ demanded: [], wished: [], names: [] });
    expect(wishes('a b a')).toMatchObject({ demanded: [], wished: ['a', 'b'] });
    expect(wishes('a', { value: 'b' })).toMatchObject({ demanded: [], wished: ['b', 'a'] });
    expect(wishes('a', { essential: true, values: ['b', 7] })).toMatchObject({ demanded: [['b']], wished: ['a'] });
    expect(wishes('a', { essential: true })).toMatchObject({ demanded: [], wished: ['a'] });
    expect(wishes(undefined, undefined, { requiredAcr: MULTI })).toMatchObject({ demanded: [[MULTI]], wished: [] });
  });

  it('accepts the client’s defaults only where the request names none', () => {
    expect(wishes(undefined, undefined, { defaultAcrValues: [PAPE] }).wished).toEqual([PAPE]);
    expect(wishes(SINGLE, undefined, { defaultAcrValues: [PAPE] }).wished).toEqual([SINGLE]);
  });

  it('accepts a class that meets every demand', () => {
    const both = wishes(undefined, { essential: true, values: [SINGLE, 'phr'] }, { requiredAcr: MULTI });
    expect(['phr', PAPE, MULTI, SINGLE, 'other'].filter((acr) => meetsDemands(acr, both))).toEqual([
      'phr',
      PAPE,
      MULTI,
    ]);
  });

  it.each([
    ['what the sign-in was, when nobody asked', MULTI, wishes(), MULTI],
    ['the name of acr_values', MULTI, wishes(PAPE), PAPE],
    ['the first name that was reached', SINGLE, wishes(`${PAPE} ${SINGLE}`), SINGLE],
    ['what claims named before acr_values', MULTI, wishes(SINGLE, { essential: true, value: PAPE }), PAPE],
    ['no weaker name than the operator requires', MULTI, wishes(SINGLE, undefined, { requiredAcr: PAPE }), PAPE],
    ['the client’s own name for what is required', MULTI, wishes(PAPE, undefined, { requiredAcr: MULTI }), PAPE],
  ])('tells the client %s', (_, acr, { names }, told) => {
    expect(acrFor(acr, names)).toBe(told);
  });
});
