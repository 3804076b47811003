import { anApi } from './builders.spec-support.js';
import { consentedScope, consentEntries } from './consent-entries.js';

const orders = anApi({ identifier: 'https://orders.example/', scopes: { read: 'Read orders' } });
const mails = anApi({ identifier: 'https://mails.example/', scopes: { read: 'Read mails', email: 'Not the claim' } });

describe('consent entries', () => {
  it('shows identity scopes by themselves and API scopes behind the identifier of their API', () => {
    expect(consentEntries(['openid', 'read'], [orders])).toEqual(['openid', 'https://orders.example/ read']);
  });

  it('accepts a yes for one API as none for another with the same scope', () => {
    const entries = consentEntries(['read'], [orders]);
    expect(consentedScope(['read'], [orders], entries)).toEqual(['read']);
    expect(consentedScope(['read'], [mails], entries)).toEqual([]);
  });

  it('shows a scope that reaches two APIs behind both, and accepts it only when both were allowed', () => {
    expect(consentEntries(['read'], [orders, mails])).toEqual([
      'https://orders.example/ read',
      'https://mails.example/ read',
    ]);
    expect(consentedScope(['read'], [orders, mails], consentEntries(['read'], [orders]))).toEqual([]);
    expect(consentedScope(['read'], [orders, mails], consentEntries(['read'], [mails, orders]))).toEqual(['read']);
  });

  it('shows an identity scope as such even when an API has one of the same name', () => {
    expect(consentEntries(['email'], [mails])).toEqual(['email']);
  });

  it('accepts only what was allowed, in the order of the request', () => {
    expect(consentedScope(['profile', 'email', 'openid'], [], ['openid', 'profile'])).toEqual(['profile', 'openid']);
  });

  it('refuses to take a name of Object.prototype for a scope of an API', () => {
    expect(consentEntries(['toString'], [orders])).toEqual(['toString']);
  });
});
