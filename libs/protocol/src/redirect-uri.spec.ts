import fc from 'fast-check';
import { isRegisteredRedirectUri, whyNotRedirectUri } from './redirect-uri.js';
import { REDIRECT_MUTATIONS } from './redirect-mutations.spec-support.js';

describe('registering a redirect URI', () => {
  it.each([
    'https://rp.example/cb',
    'https://rp.example',
    'https://rp.example/',
    'https://rp.example:8443/cb',
    'https://rp.example/cb?tenant=a&x=1',
    'https://rp.example/a.b/..c/d',
    'https://xn--e1aybc.example/cb',
    'https://127.0.0.1/cb',
    'http://localhost:3002/callback',
    'http://127.0.0.1:3002/callback',
    'http://[::1]:3002/callback',
    'http://app.localhost/cb',
  ])('accepts %s of a web client', (uri) => {
    expect(whyNotRedirectUri(uri, 'web')).toBeUndefined();
  });

  it.each(['com.example.app:/cb', 'com.example.app://cb'])('accepts %s of a native client only', (uri) => {
    expect(whyNotRedirectUri(uri, 'native')).toBeUndefined();
    expect(whyNotRedirectUri(uri, 'web')).toEqual(expect.any(String));
  });

  it.each([
    'https://.:443?>',
    '',
    'cb',
    '/cb',
    '//rp.example/cb',
    'https:rp.example/cb',
    'https:/rp.example/cb',
    'https:///rp.example/cb',
    'https://',
    'https:///cb',
    'http://rp.example/cb',
    'http://localhost.evil.example/cb',
    'http://127.0.0.1.evil.example/cb',
    'http://0.0.0.0/cb',
    'https://rp.example/cb#f',
    'https://rp.example/cb#',
    'https://user@rp.example/cb',
    'https://user:pass@rp.example/cb',
    'https://rp.example@evil.example/cb',
    'https://@rp.example/cb',
    'https://rp.example\\@evil.example/cb',
    'https://RP.example/cb',
    'HTTPS://rp.example/cb',
    'https://*.rp.example/cb',
    'https://rp.example/*',
    'https://rp.example/a/../cb',
    'https://rp.example/./cb',
    'https://rp.example/..',
    'https://rp.example/%2e%2e/cb',
    'https://rp.example/.%2E/cb',
    'https://rp.example/cb/..;/x',
    'https://rp.example/c b',
    ' https://rp.example/cb',
    'https://rp.example/cb\n',
    'https://rp.example/cb\0',
    'https://r\u0440.example/cb',
    'https://rp\uFF0Eexample/cb',
    'https://0177.0.0.1/cb',
    'https://2130706433/cb',
    'https://[0:0:0:0:0:0:0:1]/cb',
    `https://rp.example/${'a'.repeat(2_000)}`,
  ])('refuses %j of any client', (uri) => {
    expect(whyNotRedirectUri(uri, 'web')).toEqual(expect.any(String));
    expect(whyNotRedirectUri(uri, 'native')).toEqual(expect.any(String));
  });

  it.each([
    'javascript:alert(1)//https://rp',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://rp.example/x',
    'about:blank',
    'ftp://rp.example/cb',
    'myapp:/cb',
    'urn:ietf:wg:oauth:2.0:oob',
  ])('refuses the scheme of %s', (uri) => {
    expect(whyNotRedirectUri(uri, 'native')).toEqual(expect.any(String));
  });

  it.each([
    'code',
    'state',
    'error',
    'error_description',
    'iss',
    'id_token',
    'access_token',
    'token_type',
    'session_state',
    'response',
  ])('refuses a query that brings its own %s, escaped or not', (name) => {
    expect(whyNotRedirectUri(`https://rp.example/cb?a=1&${name}=x`, 'web')).toEqual(expect.any(String));
    const escaped = `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
    expect(whyNotRedirectUri(`https://rp.example/cb?${escaped}=x`, 'web')).toEqual(expect.any(String));
  });

  it('accepts only URIs that every URL parser spells alike', () => {
    const piece = fc.constantFrom(
      'https://',
      'http://',
      'rp.example',
      'localhost',
      '/',
      '.',
      '..',
      ':443',
      ':80',
      '@',
      '?',
      'x',
      '%',
      '%2e',
      '[::1]',
      'A',
      '\t',
      '\\',
      '#',
      ';',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 2 })), { maxLength: 8 }), (pieces) => {
        const uri = `https://${pieces.join('')}`;
        if (whyNotRedirectUri(uri, 'web') !== undefined) return true;
        const { href, host, username } = new URL(uri);
        // The parser may add the slash after the host and drop the default port, and changes nothing else.
        expect(href.replace(/^(https:\/\/[^/?]*)\//, '$1')).toBe(
          uri.replace(/^(https:\/\/[^/?]*?)(:443)?(\/|(?=\?|$))/, '$1'),
        );
        return host !== '' && username === '';
      }),
    );
  });
});

describe('a requested redirect URI', () => {
  it.each(REDIRECT_MUTATIONS)('refuses %j for web and native clients', (uri) => {
    expect(isRegisteredRedirectUri(uri, ['https://rp.example/cb'], 'web')).toBe(false);
    expect(isRegisteredRedirectUri(uri, ['https://rp.example/cb'], 'native')).toBe(false);
  });

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb'],
    ['http://127.0.0.1:3000/cb', 'http://127.0.0.1/cb'],
    ['http://[::1]/cb', 'http://[::1]:51004/cb'],
  ])('accepts for the registered %s the %s of a native client, and of no web client', (registered, requested) => {
    expect(isRegisteredRedirectUri(requested, [registered], 'native')).toBe(true);
    expect(isRegisteredRedirectUri(requested, [registered], 'web')).toBe(false);
  });

  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb2'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/CB'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004@evil.example/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:510040/cb'],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:51004/cb'],
    ['http://127.0.0.1/cb', 'http://[::1]:51004/cb'],
    ['http://localhost/cb', 'http://localhost:51004/cb'],
    ['https://rp.example/cb', 'https://rp.example:51004/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb\r\nx'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb\n'],
  ])('refuses for the registered %s the %j of a native client', (registered, requested) => {
    expect(isRegisteredRedirectUri(requested, [registered], 'native')).toBe(false);
  });
});
