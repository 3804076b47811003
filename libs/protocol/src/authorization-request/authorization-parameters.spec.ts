import { aForm, refusalOf } from '../builders.spec-support.js';
import { mergeRequestObject, readAuthorizationParameters } from './authorization-parameters.js';

describe('authorization parameters', () => {
  it('accepts the known ones under our names and ignores all others', () => {
    const read = readAuthorizationParameters(aForm({ max_age: '5', prompt: 'login', unheard_of: 'x', 'state[]': 'y' }));
    expect(read).toEqual({
      clientId: 'web',
      redirectUri: 'https://rp.example/cb',
      responseType: 'code id_token',
      scope: 'openid profile',
      state: 'xyz',
      nonce: 'n-0S6_WzA2Mj',
      maxAge: '5',
      prompt: 'login',
      resource: [],
      repeated: [],
    });
  });

  it('accepts an empty value as an absent parameter', () => {
    expect(readAuthorizationParameters(aForm({ nonce: '' }))).not.toHaveProperty('nonce');
  });

  it('tells which parameters were repeated and takes neither value', () => {
    const read = readAuthorizationParameters(aForm({ state: ['a', 'b'], scope: ['openid', 'openid'] }));
    expect(read.repeated).toEqual(['scope', 'state']);
    expect(read).not.toHaveProperty('state');
    expect(read).not.toHaveProperty('scope');
  });

  it('accepts several resources', () => {
    expect(readAuthorizationParameters(aForm({ resource: ['a:b', 'c:d'] })).resource).toEqual(['a:b', 'c:d']);
  });

  it.each(['client_id', 'redirect_uri'])('refuses a repeated %s at once, even with equal values', (name) => {
    expect(refusalOf(() => readAuthorizationParameters(aForm({ [name]: ['x', 'x'] })))).toBe('invalid_request');
  });

  it('accepts names of Object.prototype as unknown parameters', () => {
    const form = aForm({ constructor: 'x', toString: 'y' });
    form.set('__proto__', ['{"x":1}']);
    expect(readAuthorizationParameters(form)).toEqual(readAuthorizationParameters(aForm()));
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('a request object', () => {
  const outside = readAuthorizationParameters(aForm({ request: 'a.b.c' }));
  const unsigned = { signed: false };

  it('accepts what stands inside and leaves no request behind', () => {
    const inside = {
      state: 'inside',
      max_age: 10,
      claims: { userinfo: { name: null } },
      resource: ['a:b'],
      iss: 'web',
      exp: 1,
    };
    const merged = mergeRequestObject(outside, inside, unsigned);
    expect(merged).toMatchObject({ clientId: 'web', state: 'inside', maxAge: '10', resource: ['a:b'] });
    expect(JSON.parse(merged.claims ?? '')).toEqual({ userinfo: { name: null } });
    expect(merged).not.toHaveProperty('request');
  });

  it('accepts no request or request_uri from within itself', () => {
    for (const signed of [true, false]) {
      const inside = { request: 'd.e.f', request_uri: 'https://evil.example/' };
      const merged = mergeRequestObject(outside, inside, { signed });
      expect(merged).not.toHaveProperty('request');
      expect(merged).not.toHaveProperty('requestUri');
    }
  });

  it('accepts from outside of a signed one the client_id alone, and of an unsigned one what it leaves out', () => {
    const all = readAuthorizationParameters(aForm({ request: 'a.b.c', prompt: 'none', resource: ['a:b'] }));
    const inside = { state: 'inside', response_type: 'code' };
    const counts = { clientId: 'web', state: 'inside', responseType: 'code', resource: [], repeated: [] };
    expect(mergeRequestObject(all, inside, { signed: true })).toEqual(counts);
    const { request: _sent, ...rest } = all;
    expect(mergeRequestObject(all, inside, unsigned)).toEqual({ ...rest, state: 'inside', responseType: 'code' });
  });

  it.each(['a\0b', 'a\r\nb', 'a\uD800b'])('refuses %j in any of its parameters', (text) => {
    for (const name of ['state', 'nonce', 'login_hint', 'redirect_uri'])
      expect(refusalOf(() => mergeRequestObject(outside, { [name]: text }, unsigned))).toBe('invalid_request_object');
    expect(refusalOf(() => mergeRequestObject(outside, { resource: ['a:b', text] }, unsigned))).toBe(
      'invalid_request_object',
    );
  });

  it('tells the repetitions outside, so that they are refused', () => {
    const repeated = readAuthorizationParameters(aForm({ nonce: ['a', 'b'] }));
    for (const signed of [true, false])
      expect(mergeRequestObject(repeated, { nonce: 'c' }, { signed }).repeated).toEqual(['nonce']);
  });
});
