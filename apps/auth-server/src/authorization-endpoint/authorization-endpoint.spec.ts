import fc from 'fast-check';
import { FORM, startApp, type RunningApp } from '../running-app.spec-support.js';

const CALLBACK = 'https://rp.example/cb';
const ISSUER = 'https://op.example/';
const DECLARED = `
clients:
  - client_id: web
    client_secret: s3cret
    redirect_uris: [${CALLBACK}]
    response_types: [code, "code id_token", "code token", "code id_token token"]
`;
let running: RunningApp;
beforeAll(async () => {
  running = await startApp(DECLARED);
});
afterAll(() => running.close());

const GOOD = {
  client_id: 'web',
  redirect_uri: CALLBACK,
  response_type: 'code id_token',
  scope: 'openid',
  state: 'st',
  nonce: 'n',
};
const encode = (changes: Readonly<Record<string, string | undefined>> = {}): string =>
  Object.entries({ ...GOOD, ...changes })
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
const ask = (query: string): Promise<Response> =>
  fetch(`${running.url}/authorize?${query}`, { redirect: 'manual', headers: { accept: 'text/html' } });

/** Where a redirect leads, with the parameters of its query or fragment. */
function redirectOf(response: Response): {
  readonly place: string;
  readonly mode: string;
  readonly sent: Record<string, string>;
} {
  const location = response.headers.get('location') ?? '';
  const [, place = '', mark = '', rest = ''] = /^([^?#]*)([?#]?)(.*)$/s.exec(location) ?? [];
  const mode = mark === '#' ? 'fragment' : 'query';
  return { place, mode, sent: Object.fromEntries(new URLSearchParams(rest)) };
}

async function expectPage(response: Response): Promise<void> {
  expect(response.status).toBe(400);
  expect(response.headers.get('location')).toBeNull();
  expect(response.headers.get('cache-control')).toContain('no-store');
  expect(response.headers.get('content-type')).toContain('text/html');
  const body = await response.text();
  expect(body).not.toMatch(/evil\.example|<form|http-equiv="refresh"/i);
}

describe('a request without a good return address', () => {
  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['no client', { client_id: undefined }],
    ['a foreign redirect_uri', { redirect_uri: 'https://evil.example/' }],
    ['no redirect_uri', { redirect_uri: undefined }],
    ['a slash more', { redirect_uri: `${CALLBACK}/` }],
    ['a client id with NUL', { client_id: 'we\0b' }],
    ['a client id of 5000 characters', { client_id: 'w'.repeat(5_000) }],
    [
      'an unknown response_type beside a foreign address',
      { response_type: 'bogus', redirect_uri: 'https://evil.example/' },
    ],
    ['a missing scope beside a foreign address', { scope: 'profile', redirect_uri: 'https://evil.example/' }],
  ])('shows a page for %s', async (_what, changes) => {
    await expectPage(await ask(encode(changes)));
  });

  it.each([
    ['client_id twice', `${encode()}&client_id=web`],
    ['redirect_uri twice', `${encode()}&redirect_uri=${encodeURIComponent('https://evil.example/')}`],
    [
      'redirect_uri in brackets',
      `${encode({ redirect_uri: undefined })}&redirect_uri[]=${encodeURIComponent(CALLBACK)}`,
    ],
    ['a byte that is no UTF-8', `${encode({ state: undefined })}&state=%ff`],
    ['a broken escape', `${encode({ state: undefined })}&state=%E0%A4%A`],
    ['a line break', `${encode({ state: undefined })}&state=%0d%0aSet-Cookie:a=b`],
  ])('shows a page for %s', async (_what, query) => {
    const response = await ask(query);
    await expectPage(response);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('shows no more than 100 parameters and 8 kB of URL any mercy', async () => {
    expect((await ask(`${encode()}&${'x=1&'.repeat(200)}`)).status).toBe(400);
    expect([414, 431]).toContain((await ask(encode({ state: 's'.repeat(9_000) }))).status);
  });
});

describe('a request with a good return address', () => {
  it.each([
    ['a missing nonce', { nonce: undefined }, 'invalid_request'],
    ['a missing scope', { scope: 'profile' }, 'invalid_scope'],
    ['query with an ID token', { response_mode: 'query' }, 'invalid_request'],
    ['an unknown mode', { response_mode: 'pigeon' }, 'invalid_request'],
    ['prompt=none and nobody there', { prompt: 'none' }, 'login_required'],
    [
      'prompt=none with a forged hint',
      { prompt: 'none', id_token_hint: 'eyJhbGciOiJub25lIn0.e30.' },
      'invalid_request',
    ],
    ['a max_age of no number', { max_age: '1e9' }, 'invalid_request'],
    ['claims with __proto__', { claims: '{"__proto__":{"x":1}}' }, 'invalid_request'],
    ['claims with an escaped NUL', { claims: '{"id_token":{"acr":{"value":"\\u0000"}}}' }, 'invalid_request'],
    ['an unknown audience', { audience: 'https://nowhere.example/' }, 'invalid_target'],
    ['an unregistered response_type', { response_type: 'id_token' }, 'unauthorized_client'],
    ['PKCE by plain', { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
    ['a scope of 1500 words', { scope: 'x '.repeat(1_500) }, 'invalid_request'],
  ])('redirects the error for %s by the fragment, with state and iss', async (_what, changes, error) => {
    const response = await ask(encode(changes));
    expect(response.status).toBe(303);
    const { place, mode, sent } = redirectOf(response);
    expect({ place, mode }).toEqual({ place: CALLBACK, mode: 'fragment' });
    expect(sent).toMatchObject({ error, state: 'st', iss: ISSUER });
    expect(Object.keys(sent).toSorted()).toEqual(['error', 'error_description', 'iss', 'state']);
  });

  it('redirects the error of a code request by the query, and of form_post by a form', async () => {
    const query = redirectOf(await ask(encode({ response_type: 'code', prompt: 'none' })));
    expect(query).toMatchObject({ place: CALLBACK, mode: 'query', sent: { error: 'login_required', iss: ISSUER } });
    const post = await ask(
      encode({ prompt: 'none', response_mode: 'form_post', state: '"><script>alert(1)</script>' }),
    );
    const body = await post.text();
    expect(body).toContain(`action="${CALLBACK}"`);
    expect(body).not.toContain('<script>alert');
    expect(post.headers.get('content-security-policy')).toMatch(/script-src 'sha256-[^']+'/);
    expect(post.headers.get('content-security-policy')).toMatch(/form-action [^;]*https:\/\/rp\.example;/);
  });

  it('redirects the error for a repeated parameter without its value', async () => {
    const { sent } = redirectOf(await ask(`${encode()}&state=other`));
    expect(sent).toMatchObject({ error: 'invalid_request', iss: ISSUER });
    expect(sent).not.toHaveProperty('state');
  });

  it('redirects to the sign-in, by GET and POST alike, with a cookie of this browser', async () => {
    for (const response of [
      await ask(encode()),
      await fetch(`${running.url}/authorize`, { method: 'POST', redirect: 'manual', headers: FORM, body: encode() }),
    ]) {
      expect(response.status).toBe(303);
      expect(redirectOf(response).place).not.toContain('rp.example');
    }
  });
});

it('tells nobody a 5xx, and redirects nobody elsewhere, whatever is sent', async () => {
  const value = fc.oneof(
    fc.constantFrom(
      '',
      'none',
      'login',
      'code id_token token',
      'https://evil.example/',
      '\0',
      '\r\nx: y',
      '%',
      '{"a":',
      '-1',
      '\u202E',
      "' OR 1=1--",
    ),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constant('a'), minLength: 100, maxLength: 1_000 }),
  );
  const names = [
    ...Object.keys(GOOD),
    'response_mode',
    'prompt',
    'max_age',
    'claims',
    'id_token_hint',
    'acr_values',
    'request',
    'request_uri',
    'audience',
    'resource',
    'ui_locales',
    'interaction',
    'code_challenge',
    'code_challenge_method',
    'grant_id',
    'grant_management_action',
    'login_hint',
  ];
  const changes = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(changes, fc.boolean(), async (sent, byPost) => {
      const body = [...Object.entries({ ...GOOD, ...sent })]
        .map(([name, text]) => `${name}=${encodeURIComponent(text.toWellFormed())}`)
        .join('&');
      const response = byPost
        ? await fetch(`${running.url}/authorize`, { method: 'POST', redirect: 'manual', headers: FORM, body })
        : await ask(body);
      expect(response.status).toBeLessThan(500);
      const { place } = redirectOf(response);
      const isOurs = place === '' || place === CALLBACK || place.startsWith(ISSUER) || place.startsWith('/');
      expect({ place, isOurs }).toEqual({ place, isOurs: true });
      const form = /<form[^>]*action="([^"]*)"/.exec(await response.text())?.[1];
      expect([undefined, CALLBACK]).toContain(form);
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 200) },
  );
}, 60_000);
