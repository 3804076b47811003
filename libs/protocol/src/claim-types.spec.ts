import { whyNotClaim } from './claim-types.js';

describe('types of claims (OIDC Core §5.1)', () => {
  it.each([
    ['name', 'Alice'],
    ['name', null],
    ['name#ja', 'アリス'],
    ['birthdate', '1990-05-04'],
    ['birthdate', '0000-05-04'],
    ['birthdate', '1990'],
    ['address', { country: 'GB' }],
    ['phone_number_verified', false],
    ['department', { anything: [1] }],
  ])('accepts %s as %j', (name, value) => {
    expect(whyNotClaim(name, value)).toBeUndefined();
  });

  it.each([
    ['name', 1],
    ['name#ja', true],
    ['zoneinfo', ['Europe/London']],
    ['phone_number', 442079460000],
    ['phone_number_verified', 'yes'],
    ['birthdate', 1990],
    ['birthdate', '4 May 1990'],
    ['birthdate', '1990-13-04'],
    ['address', '1 Rabbit Hole'],
    ['address', [{ country: 'GB' }]],
    ['address', { postal_code: 1234 }],
    ['email', 'other@example.com'],
    ['email_verified', true],
    ['updated_at', 1],
  ])('refuses %s as %j', (name, value) => {
    expect(whyNotClaim(name, value)).toEqual(expect.any(String));
  });
});
