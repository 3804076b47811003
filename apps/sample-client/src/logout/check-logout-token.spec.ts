import { generateSigningKey, InvalidTokenError, TokenSigner } from '@tandem/jwt';
import type { SigningKey } from '@tandem/jwt';
import { checkLogoutToken } from './check-logout-token.js';

const NOW = 1_795_000_000;
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };
const BASE = {
  ...{ iss: 'https://op.example/', aud: 'demo-web', iat: NOW, exp: NOW + 120, jti: 'j-1', sid: 's-1', sub: 'usr_1' },
  events: EVENTS,
};
const signer = new TokenSigner();

describe('logout token', () => {
  let key: SigningKey;
  beforeAll(async () => {
    key = await generateSigningKey('RS256');
  });

  const check = (token: string): unknown =>
    checkLogoutToken(token, {
      ...{ issuer: 'https://op.example/', clientIds: ['demo-web', 'demo-web-pkjwt'], now: NOW },
      keys: [key.publicJwk],
    });
  const signed = (changes: object = {}): string => signer.sign('logout_token', { ...BASE, ...changes }, key);

  it('accepts one for either of our registrations', () => {
    expect(check(signed())).toMatchObject({ sid: 's-1', sub: 'usr_1', jti: 'j-1' });
    expect(check(signed({ aud: ['demo-web-pkjwt'] }))).toMatchObject({ jti: 'j-1' });
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example/' }],
    ['another audience', { aud: 'other' }],
    ['another event', { events: { 'urn:other': {} } }],
    ['an event that is no object', { events: { [Object.keys(EVENTS)[0] as string]: true } }],
    ['events in a list', { events: [EVENTS] }],
    ['an expired time', { iat: NOW - 300, exp: NOW - 60 }],
  ])('refuses %s', (_what, changes) => {
    expect(() => check(signed(changes))).toThrow(InvalidTokenError);
  });

  it('refuses an ID token and anything that is no token', () => {
    const idToken = signer.sign('id_token', BASE, key);
    for (const token of [idToken, '', 'a.b.c', '....', 'x'.repeat(20_000)])
      expect(() => check(token)).toThrow(InvalidTokenError);
  });
});
