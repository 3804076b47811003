import { aUser } from './builders.spec-support.js';
import { readClaimsRequest } from './claims-request.js';
import { claimsOfRequest, claimsOfScopes, isIdentityScope } from './user-claims.js';

const alice = aUser({
  claims: {
    name: 'Alice',
    given_name: '',
    family_name: null,
    birthdate: '0000-03-22',
    address: { locality: 'Wonderland', postal_code: '' },
    phone_number: '+49 555 1',
    phone_number_verified: false,
    department: 'rabbits',
    email: 'forged@evil.example',
    email_verified: 'yes',
  },
});

describe('claims of scopes', () => {
  it('shows the claims of each scope (OIDC Core §5.4)', () => {
    expect(claimsOfScopes(alice, ['openid', 'profile'])).toEqual({
      name: 'Alice',
      birthdate: '0000-03-22',
      updated_at: 1_700_000_000,
    });
    expect(claimsOfScopes(alice, ['phone'])).toEqual({ phone_number: '+49 555 1', phone_number_verified: false });
    expect(claimsOfScopes(alice, ['address'])).toEqual({ address: { locality: 'Wonderland' } });
  });

  it('shows the address that we know, not one among free claims', () => {
    expect(claimsOfScopes(alice, ['email'])).toEqual({ email: 'alice@example.com', email_verified: true });
  });

  it('shows no claim that is null, empty or blank (OIDC Core §5.3.2)', () => {
    const claims = claimsOfScopes(
      aUser({ claims: { name: '', website: '  ', address: { locality: '', country: null }, nickname: null } }),
      ['profile', 'address'],
    );
    expect(Object.keys(claims)).toEqual(['updated_at']);
  });

  it('shows nothing for unknown scopes, names of Object.prototype among them', () => {
    expect(claimsOfScopes(alice, ['read:orders', 'constructor', '__proto__', 'toString'])).toEqual({});
  });
});

describe('localised claims (OIDC Core §5.2)', () => {
  const aliceSan = aUser({
    claims: { name: 'Alice', 'name#ja-Kana-JP': 'アリス', 'name#de': 'Alicia', nickname: 'Al', 'nickname#de': '' },
  });
  const names = (locales?: readonly string[]): object => {
    const { updated_at: _changes, ...claims } = claimsOfScopes(aliceSan, ['profile'], locales);
    return claims;
  };

  it('shows the claim as it is when no language is wanted, or none that there is', () => {
    expect(names()).toEqual({ name: 'Alice', nickname: 'Al' });
    expect(names(['fr', 'se'])).toEqual({ name: 'Alice', nickname: 'Al' });
  });

  it('shows the best language beside it, under its tag', () => {
    expect(names(['ja', 'de'])).toEqual({ name: 'Alice', 'name#ja-Kana-JP': 'アリス', nickname: 'Al' });
    expect(names(['fr', 'de-AT'])).toEqual({ name: 'Alice', 'name#de': 'Alicia', nickname: 'Al' });
  });

  it('shows the very representation that the claims parameter names', () => {
    const asked = JSON.stringify({ userinfo: { 'name#de': null, 'department#de': null }, id_token: { name: null } });
    const request = readClaimsRequest(asked, 'ja');
    expect(claimsOfRequest(aliceSan, request, 'userinfo')).toEqual({ 'name#de': 'Alicia' });
    expect(claimsOfRequest(aliceSan, request, 'idToken')).toEqual({ name: 'Alice', 'name#ja-Kana-JP': 'アリス' });
  });
});

describe('claims of the claims parameter', () => {
  const request = readClaimsRequest(
    JSON.stringify({
      userinfo: { name: null, email: { essential: true }, department: null, nickname: { essential: true } },
      id_token: { birthdate: null, sub: { value: 'usr_1' }, auth_time: null },
    }),
  );

  it('shows the standard claims that the place names and that are there', () => {
    expect(claimsOfRequest(alice, request, 'userinfo')).toEqual({ name: 'Alice', email: 'alice@example.com' });
    expect(claimsOfRequest(alice, request, 'idToken')).toEqual({ birthdate: '0000-03-22' });
  });

  it('shows nothing without the parameter', () => {
    expect(claimsOfRequest(alice, undefined, 'userinfo')).toEqual({});
  });
});

it('tells identity scopes from those of APIs', () => {
  expect(['openid', 'offline_access', 'read:orders', 'OPENID'].map(isIdentityScope)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
