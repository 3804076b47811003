import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { UserAgent, type Page } from '@tandem/testing';
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
  - client_id: spa
    token_endpoint_auth_method: none
    redirect_uris: [${CALLBACK}]
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
    ['an empty redirect_uri', { redirect_uri: '' }],
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
    ...[
      '/',
      '?',
      '?x=1',
      '#f',
      '/..',
      '/../cb',
      '%2f',
      ';x',
      '/..;/x',
      ' ',
      '%20',
      '\t',
      '\0',
      '%00',
      '\r\nx: y',
      '\uFFFD',
    ].map((more) => `${CALLBACK}${more}`),
    'https://rp.example/CB',
    'https://rp.example/./cb',
    'https://rp.example/%63b',
    'HTTPS://rp.example/cb',
    'https://RP.example/cb',
    'https://rp.example:443/cb',
    'https://rp.example./cb',
    'https://rp.example@evil.example/cb',
    'https://evil.example#@rp.example/cb',
    'https://evil.example\\@rp.example/cb',
    'https://rp.example\\.evil.example/cb',
    'https://rp.example.evil.example/cb',
    'https://evilrp.example/cb',
    'https://rpxexample/cb',
    '//rp.example/cb',
    'https:rp.example/cb',
    'https:/rp.example/cb',
    'https:///rp.example/cb',
    'http://rp.example/cb',
    ` ${CALLBACK}`,
    `javascript:alert(1)//${CALLBACK}`,
    `data:text/html,${CALLBACK}`,
    'https://rp\uFF0Eexample/cb',
    'https://r\u0440.example/cb',
    'https://[::ffff:127.0.0.1]/cb',
    'http://localhost.evil.example/cb',
  ])('shows a page for the redirect_uri %j', async (uri) => {
    await expectPage(await ask(encode({ redirect_uri: uri })));
  });

  it('shows no redirect_uri of 10 kB any mercy, however it comes', async () => {
    const body = encode({ redirect_uri: `${CALLBACK}?${'x'.repeat(10_240)}` });
    expect([414, 431]).toContain((await ask(body)).status);
    await expectPage(
      await fetch(`${running.url}/authorize`, { method: 'POST', redirect: 'manual', headers: FORM, body }),
    );
  });

  it.each([
    ['client_id twice', `${encode()}&client_id=web`],
    ['redirect_uri twice', `${encode()}&redirect_uri=${encodeURIComponent('https://evil.example/')}`],
    ...['[]', '[0]'].map((brackets): [string, string] => [
      `redirect_uri${brackets}`,
      `${encode({ redirect_uri: undefined })}&redirect_uri${brackets}=${encodeURIComponent(CALLBACK)}`,
    ]),
    [
      'a redirect_uri with a byte that is no UTF-8',
      `${encode({ redirect_uri: undefined })}&redirect_uri=${CALLBACK}%ff`,
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

type Row = [what: string, changes: Readonly<Record<string, string | undefined>>, error: string];

describe('a request with a good return address', () => {
  it.each<Row>([
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
    ...['-1', '1e9', 'abc', '99999999999999999999'].map((text): Row => [
      `a max_age of ${text}`,
      { max_age: text },
      'invalid_request',
    ]),
    ['prompt=none with another prompt', { prompt: 'none login' }, 'invalid_request'],
    ['claims with __proto__', { claims: '{"__proto__":{"x":1}}' }, 'invalid_request'],
    ['claims with an escaped NUL', { claims: '{"id_token":{"acr":{"value":"\\u0000"}}}' }, 'invalid_request'],
    ['an unknown audience', { audience: 'https://nowhere.example/' }, 'invalid_target'],
    ['an unregistered response_type', { response_type: 'id_token' }, 'unauthorized_client'],
    [
      'more than the code that a client registered for',
      { client_id: 'spa', response_type: 'code id_token token' },
      'unauthorized_client',
    ],
    ['PKCE by plain', { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE by no method, which means plain', { code_challenge: 'a'.repeat(43) }, 'invalid_request'],
    [
      'no PKCE of a public client',
      { client_id: 'spa', response_type: 'code', response_mode: 'fragment' },
      'invalid_request',
    ],
    ['a scope of 1500 words', { scope: 'x '.repeat(1_500) }, 'invalid_request'],
  ])('redirects the error for %s by the fragment, with state and iss', async (_what, changes, error) => {
    const response = await ask(encode(changes));
    expect(response.status).toBe(303);
    const { place, mode, sent } = redirectOf(response);
    expect({ place, mode }).toEqual({ place: CALLBACK, mode: 'fragment' });
    expect(sent).toMatchObject({ error, state: 'st', iss: ISSUER });
    expect(Object.keys(sent).toSorted()).toEqual(['error', 'error_description', 'iss', 'state']);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('redirects the error of a code request by the query', async () => {
    const query = redirectOf(await ask(encode({ response_type: 'code', prompt: 'none' })));
    expect(query).toMatchObject({ place: CALLBACK, mode: 'query', sent: { error: 'login_required', iss: ISSUER } });
  });

  it.each(['state', 'scope'])('redirects the error for a repeated %s without its values', async (name) => {
    const { sent } = redirectOf(await ask(`${encode()}&${name}=other`));
    expect(sent).toMatchObject({ error: 'invalid_request', iss: ISSUER });
    expect(sent['state']).toBe(name === 'state' ? undefined : 'st');
  });

  it('redirects a POST to the same request by GET, with the parameters of its body alone', async () => {
    const query = encode({ redirect_uri: 'https://evil.example/', state: 'other', prompt: 'none' });
    const response = await fetch(`${running.url}/authorize?${query}`, {
      method: 'POST',
      redirect: 'manual',
      headers: FORM,
      body: encode(),
    });
    expect(response.status).toBe(303);
    expect(redirectOf(response)).toEqual({ place: `${ISSUER}authorize`, mode: 'query', sent: GOOD });
  });

  it('redirects the error for a request object that is encrypted, which nobody is offered', async () => {
    const header = Buffer.from('{"alg":"RSA-OAEP-256","enc":"A128GCM"}').toString('base64url');
    const { sent } = redirectOf(await ask(encode({ request: `${header}.AAAA.AAAA.AAAA.AAAA` })));
    expect(sent).toMatchObject({ error: 'invalid_request_object', state: 'st', iss: ISSUER });
  });

  it('redirects the error for a request_uri that is not registered, and asks nobody for it', async () => {
    let connections = 0;
    const listener = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    const { port } = listener.address() as AddressInfo;
    const pushed = 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c';
    for (const uri of [`http://127.0.0.1:${port}/`, `https://127.0.0.1:${port}/`, pushed, 'file:///etc/passwd']) {
      const { place, sent } = redirectOf(await ask(encode({ request_uri: uri })));
      expect({ uri, place, error: sent['error'] }).toEqual({ uri, place: CALLBACK, error: 'invalid_request_uri' });
    }
    listener.close();
    expect(connections).toBe(0);
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

describe('the page of form_post', () => {
  const agent = new UserAgent();
  afterAll(() => agent.close());
  const open = (state: string): Promise<Page> =>
    agent.get(`${running.url}/authorize?${encode({ prompt: 'none', response_mode: 'form_post', state })}`);

  it.each([
    '"><img src=x onerror=alert(1)>',
    '</script><script>alert(1)</script>',
    `'"&#34;&quot; onfocus=alert(1) autofocus x='`,
    '<!--',
    '<%= 1 %>{{1}}',
  ])('issues the state %j as it came, and nothing that a browser runs', async (state) => {
    const page = await open(state);
    const { action, fields } = page.autoSubmitForm();
    expect(action.href).toBe(CALLBACK);
    const sent = Object.fromEntries(fields);
    expect(sent).toMatchObject({ error: 'login_required', state, iss: ISSUER });
    expect(Object.keys(sent).toSorted()).toEqual(['error', 'error_description', 'iss', 'state']);
    expect(page.body.match(/<script/gi)).toHaveLength(1);
    expect(page.body).not.toMatch(/<img|<!--/);
    expect(page.find('input').flatMap(({ attrs }) => attrs.map(({ name }) => name))).toEqual(
      fields.flatMap(() => ['type', 'name', 'value']),
    );
  });

  it('shows itself to no frame, cache or referrer, and lets its form go to the origin of the redirect_uri alone', async () => {
    const { headers } = await open('st');
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'none'; script-src 'sha256-[^']+'; form-action https:\/\/rp\.example; frame-ancestors 'none'; base-uri 'none'$/,
      ) as string,
    });
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
  );
});
