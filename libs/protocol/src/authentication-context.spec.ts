import { acrFor, acrOf, reachesAcr } from './authentication-context.js';

const SINGLE = 'urn:tandem:acr:single-factor';
const MULTI = 'urn:tandem:acr:multi-factor';
const PAPE = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';

describe('authentication context classes', () => {
  it.each([
    [['pwd'], SINGLE],
    [['pwd', 'otp', 'mfa'], MULTI],
    [['pop', 'user', 'mfa'], 'phr'],
    [[], SINGLE],
  ])('tells what a sign-in by %j amounts to', (amr, acr) => {
    expect(acrOf(amr)).toBe(acr);
  });

  it.each([
    ['the same', MULTI, MULTI, true],
    ['a weaker wish', 'phr', SINGLE, true],
    ['a stronger wish', SINGLE, MULTI, false],
    ['the name that Auth0 uses', MULTI, PAPE, true],
    ['a class that nobody knows', 'phr', 'urn:other', false],
    ['a session of an older version that meets its own name', 'urn:old', 'urn:old', true],
    ['a session of an older version that meets ours', 'urn:old', SINGLE, false],
    ['a name that every object has', SINGLE, 'constructor', false],
  ])('decides on %s', (_, acr, wanted, reached) => {
    expect(reachesAcr(acr, wanted)).toBe(reached);
  });

  it('tells the class by the name that the client asked for', () => {
    expect(acrFor(MULTI, ['urn:other', PAPE, SINGLE])).toBe(PAPE);
    expect(acrFor(SINGLE, [PAPE, 'phr'])).toBe(SINGLE);
  });
});
