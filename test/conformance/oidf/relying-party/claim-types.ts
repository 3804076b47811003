import type { JWTPayload } from 'jose';
import { words } from './words.js';

export type Claims = JWTPayload;

const TEXTS = words(`
  name given_name family_name middle_name nickname preferred_username profile picture website email gender zoneinfo
  locale phone_number sub txn
`);
const FLAGS = ['email_verified', 'phone_number_verified'];
const ADDRESS_MEMBERS = ['formatted', 'street_address', 'locality', 'region', 'postal_code', 'country'];
const START_OF_1990 = 631_152_000;

export const CLAIMS_OF_SCOPE: Readonly<Record<string, readonly string[]>> = {
  profile: words(`
    name given_name family_name middle_name nickname preferred_username profile picture website gender birthdate
    zoneinfo locale updated_at
  `),
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

export const claimsOfScopes = (scope: string): readonly string[] =>
  scope.split(' ').flatMap((word) => CLAIMS_OF_SCOPE[word] ?? []);

/** Types of user claims wherever they appear (OIDC Core §5.1): empty ones have to be left out. */
export function checkClaimTypes(claims: Claims): void {
  for (const name of TEXTS) if (claims[name] !== undefined) checkText(claims[name]);
  for (const name of FLAGS) if (claims[name] !== undefined) expect([true, false]).toContain(claims[name]);
  const { updated_at: updatedAt, birthdate, address } = claims;
  if (updatedAt !== undefined) {
    expect(updatedAt).toBeGreaterThan(START_OF_1990);
    expect(updatedAt).toBeLessThanOrEqual(Date.now() / 1_000 + 1);
  }
  if (birthdate !== undefined) checkBirthdate(birthdate);
  if (address !== undefined) checkAddress(address);
  expect(claims).not.toHaveProperty('_claim_names');
}

function checkText(value: unknown): void {
  expect(value).toEqual(expect.any(String));
  expect((value as string).trim()).not.toBe('');
  expect(value).not.toBe('null');
}

function checkBirthdate(value: unknown): void {
  expect(value).toMatch(/^(\d{4}-\d{2}-\d{2}|\d{4})$/);
  const year = Number((value as string).slice(0, 4));
  expect(year === 0 || (year >= 1850 && year <= new Date().getFullYear())).toBe(true);
}

function checkAddress(value: unknown): void {
  expect(value).toEqual(expect.any(Object));
  const members = Object.entries(value as object);
  expect(members.length).toBeGreaterThan(0);
  for (const [name, member] of members) if (ADDRESS_MEMBERS.includes(name)) checkText(member);
}
