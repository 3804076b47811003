import { federatedUser, saysVerified } from './federated-user.js';

const tell = (claims: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>> = {}) =>
  federatedUser({ claims, names, emailVerified: true });

it('accepts standard claims by their names, and others as they are mapped', () => {
  const claims = { sub: 's', name: 'Carol', upn: 'carol@example.com', department: 'Tea', groups: ['a'], exp: 5 };
  expect(tell(claims, { email: 'upn', department: 'department' })).toEqual({
    email: 'carol@example.com',
    emailVerified: true,
    claims: { name: 'Carol', department: 'Tea' },
  });
});

it.each([
  ['a control character', { name: 'Ca\u0000rol' }],
  ['half of a surrogate pair', { name: '\uD800' }],
  ['more than 2000 characters', { name: 'n'.repeat(2_001) }],
  ['a list', { name: ['Carol'] }],
  ['an empty text', { name: '' }],
  ['no number', { name: Number.NaN }],
  ['an object without texts', { address: { formatted: 5 } }],
])('leaves a claim out that is %s', (_what, claims) => {
  expect(tell(claims).claims).toEqual({});
});

it('accepts an address with its texts', () => {
  const address = { formatted: '1 Rabbit Hole', country: 'GB', floor: 5 };
  expect(tell({ address }).claims).toEqual({ address: { formatted: '1 Rabbit Hole', country: 'GB' } });
});

it.each(['', 'carol', 'a@b c', 'a@@b', `${'a'.repeat(65)}@b`, 'a@b\n', 5, null])(
  'takes no e-mail address from %j, and so verifies none',
  (email) => {
    expect(tell({ email })).toMatchObject({ email: '', emailVerified: false });
  },
);

it('shows no claim of the prototype, and sets none', () => {
  const user = tell({ name: 'Carol' }, { toString: 'constructor', ['__proto__']: 'name', nickname: '__proto__' });
  expect(Object.keys(user.claims)).toEqual(['name']);
  expect(Object.getPrototypeOf(user.claims)).toBe(Object.prototype);
});

describe('whether an address is said to be verified', () => {
  it.each<[boolean, Readonly<Record<string, unknown>>, Readonly<Record<string, string>>]>([
    [true, { email_verified: true }, {}],
    [true, { email_verified: 'true' }, {}],
    [false, { email_verified: 'false' }, {}],
    [false, { email_verified: 1 }, {}],
    [false, {}, {}],
    // It is about `email`, and says nothing of what is used instead.
    [false, { email_verified: true }, { email: 'upn' }],
    [true, { upn_verified: true }, { email: 'upn', email_verified: 'upn_verified' }],
  ])('tells %j for %j mapped by %j', (expected, claims, names) => {
    expect(saysVerified({ claims, names })).toBe(expected);
  });
});
