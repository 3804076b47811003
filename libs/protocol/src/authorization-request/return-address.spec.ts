import fc from 'fast-check';
import { aClient, CALLBACK, parametersOf, refusalOf, type FormChanges } from '../builders.spec-support.js';
import type { Client } from '../model/client.js';
import { REDIRECT_MUTATIONS } from '../redirect-mutations.spec-support.js';
import { resolveReturnAddress, type ReturnAddress } from './return-address.js';

const resolve = (changes: FormChanges = {}, client: Partial<Client> = {}): ReturnAddress =>
  resolveReturnAddress(parametersOf(changes), aClient(client));
const refusal = (changes: FormChanges, client: Partial<Client> = {}): string | undefined =>
  refusalOf(() => resolve(changes, client));

describe('the return address', () => {
  it('accepts the registered redirect_uri and keeps the state as it came', () => {
    expect(resolve({ state: ' a&b=%20"' })).toEqual({
      redirectUri: CALLBACK,
      redirectUriSent: true,
      responseMode: 'fragment',
      state: ' a&b=%20"',
    });
  });

  it.each(REDIRECT_MUTATIONS)('refuses %j where another spelling is registered', (uri) => {
    expect(refusal({ redirect_uri: uri })).toBe('invalid_request');
  });

  it('refuses every string but the registered one', () => {
    fc.assert(
      fc.property(fc.nat(CALLBACK.length), fc.string({ unit: 'binary', minLength: 1 }), fc.nat(3), (at, put, cut) => {
        const mutated = CALLBACK.slice(0, at) + put + CALLBACK.slice(at + cut);
        return (refusal({ redirect_uri: mutated }) === 'invalid_request') !== (mutated === CALLBACK);
      }),
    );
  });

  it('refuses a redirect_uri that was sent twice, and a client_id that was', () => {
    expect(refusal({ redirect_uri: [CALLBACK, CALLBACK] })).toBe('invalid_request');
    expect(refusal({ client_id: ['web', 'other'] })).toBe('invalid_request');
  });

  it('refuses a redirect_uri that was sent in array form only', () => {
    expect(refusal({ redirect_uri: undefined, 'redirect_uri[]': CALLBACK })).toBe('invalid_request');
    expect(refusal({ redirect_uri: undefined, 'redirect_uri[0]': CALLBACK })).toBe('invalid_request');
  });

  it.each([
    [{ scope: 'profile' }, 'no openid scope with code id_token'],
    [{ response_type: 'bogus' }, 'an unknown response_type'],
    [{ response_type: undefined }, 'no response_type'],
    [{ state: ['a', 'b'] }, 'a repeated state'],
    [{ response_mode: 'pigeon' }, 'an unknown response_mode'],
  ] as const)('refuses a foreign address before it looks at anything else: %j (%s)', (changes, _what) => {
    const foreign = { ...changes, redirect_uri: 'https://evil.example/' };
    expect(refusal(foreign)).toBe('invalid_request');
    // The same request to the registered address does get one: its fault is told there.
    expect(resolve(changes).redirectUri).toBe(CALLBACK);
  });

  it('refuses an absent or empty redirect_uri in an OpenID request', () => {
    expect(refusal({ redirect_uri: undefined })).toBe('invalid_request');
    expect(refusal({ redirect_uri: '' })).toBe('invalid_request');
  });

  it('accepts an absent redirect_uri without openid when exactly one is registered', () => {
    const plain = { redirect_uri: undefined, scope: 'read:orders', response_type: 'code' };
    expect(resolve(plain)).toMatchObject({ redirectUri: CALLBACK, redirectUriSent: false });
    expect(refusal(plain, { redirectUris: [CALLBACK, `${CALLBACK}2`] })).toBe('invalid_request');
    expect(refusal(plain, { redirectUris: [] })).toBe('invalid_request');
  });
});

describe('the response mode in force', () => {
  it.each([
    ['code', undefined, 'query'],
    ['code', 'query', 'query'],
    ['code', 'fragment', 'fragment'],
    ['code', 'form_post', 'form_post'],
    ['code id_token', undefined, 'fragment'],
    ['id_token code', 'form_post', 'form_post'],
    ['code id_token', 'query', 'fragment'],
    ['token id_token code', 'query', 'fragment'],
    ['code token', 'query', 'fragment'],
    ['id_token', 'query', 'fragment'],
    ['id_token token', 'query', 'fragment'],
    ['id_token pigeon', 'query', 'fragment'],
    ['pigeon', 'query', 'query'],
    ['pigeon', undefined, 'query'],
    [undefined, undefined, 'query'],
    ['code', 'pigeon', 'query'],
    ['code id_token', 'pigeon', 'fragment'],
    ['code', 'Query', 'query'],
  ])('tells for response_type %j with response_mode %j: %s', (responseType, responseMode, expected) => {
    expect(resolve({ response_type: responseType, response_mode: responseMode }).responseMode).toBe(expected);
  });

  it('accepts web_message only with the origin of the redirect_uri among the web origins of the client', () => {
    const asked = { response_mode: 'web_message' };
    expect(resolve(asked, { webOrigins: ['https://rp.example'] }).responseMode).toBe('web_message');
    expect(refusal(asked)).toBe('invalid_request');
    expect(refusal(asked, { webOrigins: ['https://rp.example.evil.example'] })).toBe('invalid_request');
  });
});
