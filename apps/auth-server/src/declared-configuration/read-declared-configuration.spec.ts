import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { grantManagementApi } from '../built-in.js';
import { CLIENT_AUTHENTICATION_METHOD_NAMES } from '../client-authentication/methods/index.js';
import { ConfigurationError } from '@tandem/web-server';
import { supportedBy } from '../supported.js';
import { GRANT_TYPE_NAMES } from '../token-endpoint/grant-types/index.js';
import type { DeclaredConfiguration } from './declared-configuration.js';
import { readDeclaredConfiguration } from './read-declared-configuration.js';

const supported = supportedBy({
  authenticationMethods: CLIENT_AUTHENTICATION_METHOD_NAMES,
  grantTypes: GRANT_TYPE_NAMES,
});
const builtInApis = [grantManagementApi('http://localhost:3000/')];
const read = (text: string, production = false): DeclaredConfiguration =>
  readDeclaredConfiguration(text, supported, { production, builtInApis });
function problemsOf(text: string, production = false): readonly string[] {
  try {
    read(text, production);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

/** The shape that operators write, with every setting. */
const COMPLETE = `
apis:
  - identifier: https://api.tandem.example/     # the audience
    name: Orders API
    scopes: { "read:orders": "Read your orders", "write:orders": "Place orders for you" }
    access_token_lifetime_seconds: 300
    allow_offline_access: true
    signing_alg: RS256
clients:
  - client_id: demo-web
    client_name: Demo web app
    client_secret: not-a-real-secret-but-long-enough-1
    token_endpoint_auth_method: client_secret_basic
    token_endpoint_auth_signing_alg: ES256
    application_type: web
    redirect_uris: [http://localhost:3002/callback]
    post_logout_redirect_uris: [http://localhost:3002/]
    response_types: [code, "code id_token", "code token", "code id_token token"]
    grant_types: [authorization_code, implicit, refresh_token, client_credentials]
    id_token_signed_response_alg: RS256
    audiences: [https://api.tandem.example/]
    skip_consent: false
    require_pkce: false
    default_audience: null
    web_origins: []
    id_token_profile_claims: true
    profile: null
    introspection_audience: https://api.tandem.example/
users:
  - email: alice@example.com
    password: a-long-password
    email_verified: true
    claims: { name: Alice Example, given_name: Alice, family_name: Example, locale: en }
`;

describe('a declared configuration', () => {
  it('accepts every setting under its name', () => {
    const { apis, clients, users } = read(COMPLETE, true);
    expect(apis.find(({ identifier }) => identifier === 'https://api.tandem.example/')).toEqual({
      identifier: 'https://api.tandem.example/',
      name: 'Orders API',
      scopes: { 'read:orders': 'Read your orders', 'write:orders': 'Place orders for you' },
      accessTokenLifetimeSeconds: 300,
      allowOfflineAccess: true,
      signingAlg: 'RS256',
    });
    expect(clients[0]).toMatchObject({
      clientId: 'demo-web',
      secrets: [{ secret: 'not-a-real-secret-but-long-enough-1' }],
      metadata: {
        clientName: { '': 'Demo web app' },
        responseTypes: ['code', 'code id_token', 'code token', 'code id_token token'],
        grantTypes: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
        audiences: ['https://api.tandem.example/'],
        introspectionAudience: 'https://api.tandem.example/',
        idTokenProfileClaims: true,
      },
    });
    expect(clients[0]?.metadata).not.toHaveProperty('profile');
    expect(clients[0]?.metadata).not.toHaveProperty('defaultAudience');
    expect(users).toEqual([
      {
        email: 'alice@example.com',
        password: 'a-long-password',
        emailVerified: true,
        claims: { name: 'Alice Example', given_name: 'Alice', family_name: 'Example', locale: 'en' },
      },
    ]);
  });

  it('accepts the demo file, and refuses its secrets and passwords in production', () => {
    const demo = readFileSync(join(import.meta.dirname, '../../../../config/demo.yaml'), 'utf8');
    expect(problemsOf(demo)).toEqual([]);
    const refused = problemsOf(demo, true);
    expect(refused.filter((problem) => problem.includes('client_secret: is a placeholder')).length).toBeGreaterThan(0);
    expect(refused.filter((problem) => problem.includes('password of the demo system'))).toHaveLength(2);
  });

  it.each(['', '{}', 'apis:\nclients: []\nusers:\n', '# nothing'])('accepts %j as nothing declared', (text) => {
    const { apis, clients, users, registration } = read(text);
    expect([apis.length, clients.length, users.length]).toEqual([builtInApis.length, 0, 0]);
    expect(registration).toEqual({ open: false, initialAccessTokens: [] });
  });

  it('accepts two secrets of a client, one with an end, while they are exchanged', () => {
    const { clients } = read(`
clients:
  - client_id: web
    redirect_uris: [https://rp.example/cb]
    client_secrets: [{ secret: the-old-one, expires_at: 2030-01-01T00:00:00Z }, { secret: the-new-one }]`);
    expect(clients[0]?.secrets).toEqual([
      { secret: 'the-old-one', expiresAt: 1_893_456_000 },
      { secret: 'the-new-one' },
    ]);
  });

  it('accepts dynamic registration, open or by token', () => {
    const token = 'i'.repeat(32);
    expect(read('dynamic_registration: { open: true }').registration.open).toBe(true);
    expect(
      read(`dynamic_registration: { initial_access_tokens: [{ token: ${token}, uses: 3 }, { token: ${token}x }] }`)
        .registration,
    ).toEqual({
      open: false,
      initialAccessTokens: [
        { token, uses: 3 },
        { token: `${token}x`, uses: 1 },
      ],
    });
  });

  it('accepts the ways to sign in, in their order, and how many attempts are looked at', () => {
    expect(read('').login).toMatchObject({ methods: ['password'] });
    expect(read('login: { methods: [password] }').login).toMatchObject({ methods: ['password'] });
    expect(read('').login.secondFactor).toBe('optional');
    expect(read('login: { second_factor: off }').login.secondFactor).toBe('off');
    expect(read('login_throttle: { window_seconds: 5, attempts_per_account: 3 }').loginThrottle).toEqual({
      windowSeconds: 5,
      attemptsPerAccount: 3,
      attemptsPerAddress: 300,
      longestWindowSeconds: 900,
    });
    expect(read('login_throttle: { window_seconds: 3600 }').loginThrottle.longestWindowSeconds).toBe(3_600);
  });

  it('accepts how many passkeys a user may have, and whether they are offered', () => {
    expect(read('').passkeys).toEqual({ perUser: 10, offerAfterSignIn: false });
    const read3 = read('passkeys: { per_user: 3, offer_after_sign_in: true }');
    expect(read3.passkeys).toEqual({ perUser: 3, offerAfterSignIn: true });
  });
});

describe('what needs mail', () => {
  const text = 'login: { methods: [password, email-code], sign_up: true }';
  const server = 'mail: { from: no-reply@op.example, host: smtp.example }';

  it('refuses sign-up and e-mail codes without a mail server or a mailbox page', () => {
    expect(problemsOf(text, true)).toEqual([
      'login.sign_up: needs the setting mail: addresses are verified by mail',
      'login.methods[1]: needs the setting mail',
    ]);
    expect(problemsOf(`${text}\n${server}`, true)).toEqual([]);
    expect(problemsOf('login: { breached_passwords_file: /nowhere/at/all }')).toEqual([
      'login.breached_passwords_file: names a file that can not be read',
    ]);
  });
});

describe('problems of a declared configuration', () => {
  it('tells all of them with their paths in one message', () => {
    const text = `
apis:
  - { identifier: "a b", access_token_lifetime_seconds: 5, signing_alg: HS256, colour: red }
  - { identifier: https://api.example/, scopes: [read] }
clients:
  - client_id: web
    redirect_uri: https://rp.example/cb
    redirect_uris: [http://rp.example/cb]
    audiences: [https://nowhere.example/]
    skip_consent: maybe
  - client_id: web
    redirect_uris: [https://rp.example/cb]
    client_secret: x
    default_audience: https://api.example/
users:
  - { email: nobody, password: short, age: 5 }
  - { email: Alice@example.com }
  - { email: alice@example.com }
colour: red`;
    const problems = problemsOf(text);
    const paths = problems.map((problem) => problem.split(': ', 1)[0]);
    expect(new Set(paths)).toEqual(
      new Set([
        'colour',
        'apis[0].identifier',
        'apis[0].access_token_lifetime_seconds',
        'apis[0].signing_alg',
        'apis[0].colour',
        'apis[1].scopes',
        'clients[0].redirect_uri',
        'clients[0].redirect_uris[0]',
        'clients[0].audiences[0]',
        'clients[0].skip_consent',
        'clients[0].client_secret',
        'clients[1].client_id',
        'clients[1].default_audience',
        'users[0].email',
        'users[0].password',
        'users[0].age',
        'users[2].email',
      ]),
    );
    expect(new ConfigurationError(problems).message.split('\n')).toHaveLength(problems.length + 1);
  });

  it.each([
    ['text', 'hello', 'the file must be a mapping'],
    ['a list', '[]', 'the file must be a mapping'],
    ['broken YAML', 'apis: [', 'YAML:'],
    ['a key that stands twice', 'apis: []\napis: []', 'YAML:'],
    ['apis that are no list', 'apis: {}', 'apis: must be a list'],
    ['a client that is no mapping', 'clients: [web]', 'clients[0]: must be a mapping'],
    [
      'a client without an id',
      'clients: [{ token_endpoint_auth_method: none, redirect_uris: ["https://a.example/"] }]',
      'clients[0].client_id',
    ],
    [
      'private_key_jwt without keys',
      'clients: [{ client_id: a, token_endpoint_auth_method: private_key_jwt, redirect_uris: ["https://a.example/"] }]',
      'clients[0].jwks',
    ],
    [
      'a symmetric key',
      'clients: [{ client_id: a, client_secret: b, redirect_uris: ["https://a.example/"], jwks: { keys: [{ kty: oct, k: x }] } }]',
      'clients[0].jwks',
    ],
    [
      'a private key',
      'clients: [{ client_id: a, client_secret: b, redirect_uris: ["https://a.example/"], jwks: { keys: [{ kty: EC, crv: P-256, x: a, y: b, d: c }] } }]',
      'clients[0].jwks',
    ],
    ['a scope with a space', 'apis: [{ identifier: a, scopes: { "read it": x } }]', 'apis[0].scopes.read it'],
    ['a scope without words', 'apis: [{ identifier: a, scopes: { read: "" } }]', 'apis[0].scopes'],
    ['claims that are no mapping', 'users: [{ email: a@b, claims: [] }]', 'users[0].claims'],
    ['a claim of another type', 'users: [{ email: a@b, claims: { birthdate: 1990 } }]', 'users[0].claims.birthdate'],
    [
      'an unreadable date',
      'clients: [{ client_id: a, redirect_uris: ["https://a.example/"], client_secrets: [{ secret: x, expires_at: soon }] }]',
      'clients[0].client_secrets',
    ],
    [
      'secrets that are no list',
      'clients: [{ client_id: a, client_secret: b, redirect_uris: ["https://a.example/"], client_secrets: x }]',
      'clients[0].client_secrets',
    ],
    [
      'a short registration token',
      'dynamic_registration: { initial_access_tokens: [{ token: short }] }',
      'dynamic_registration.initial_access_tokens[0].token',
    ],
    ['a way to sign in that is not installed', 'login: { methods: [magic] }', 'login.methods[0]'],
    ['no way to sign in', 'login: { methods: [] }', 'login.methods'],
    ['an unknown login setting', 'login: { colour: red }', 'login.colour'],
    ['a second factor by another word', 'login: { second_factor: sometimes }', 'login.second_factor'],
    [
      'a strength that nobody knows',
      'clients: [{ client_id: a, client_secret: b, redirect_uris: ["https://a.example/"], required_acr: gold }]',
      'required_acr',
    ],
    [
      'a strength that is switched off',
      `login: { second_factor: off }
clients: [{ client_id: a, client_secret: b, redirect_uris: ["https://a.example/"], required_acr: "urn:tandem:acr:multi-factor" }]`,
      'clients[0].required_acr: is reached by no way',
    ],
    [
      'a strength that no way to sign in has',
      'clients: [{ client_id: a, client_secret: b, redirect_uris: ["https://a.example/"], required_acr: phr }]',
      'clients[0].required_acr: is reached by no way',
    ],
    ['a window without end', 'login_throttle: { window_seconds: 0 }', 'login_throttle.window_seconds'],
    ['no passkeys at all', 'passkeys: { per_user: 0 }', 'passkeys.per_user'],
    ['a throttle that is no mapping', 'login_throttle: 5', 'login_throttle'],
    ['an unknown registration setting', 'dynamic_registration: { opened: true }', 'dynamic_registration.opened'],
    [
      'a foreign introspection audience',
      'clients: [{ client_id: a, client_secret: b, redirect_uris: ["https://a.example/"], introspection_audience: x }]',
      'clients[0].introspection_audience',
    ],
  ])('refuses %s', (_what, text, path) => {
    expect(problemsOf(text)).toEqual(expect.arrayContaining([expect.stringContaining(path)]));
  });

  it('refuses short secrets in production only', () => {
    const text = 'clients: [{ client_id: a, client_secret: short, redirect_uris: ["https://a.example/"] }]';
    expect(problemsOf(text)).toEqual([]);
    expect(problemsOf(text, true)).toEqual([expect.stringContaining('clients[0].client_secret')]);
  });

  it('refuses to echo a secret or a password', () => {
    const marker = 'M4rk3r';
    const text = `
clients: [{ client_id: a, client_secret: ${marker}, client_secrets: [{ secret: "" }, ${marker}], redirect_uris: [] }]
users: [{ email: a@b, password: ${marker} }]`;
    expect(problemsOf(text, true).length).toBeGreaterThan(2);
    expect(problemsOf(text, true).join()).not.toContain(marker);
  });
});

describe('a theme', () => {
  it('accepts what pages can show', () => {
    const theme = read(
      `theme: { product_name: Acme, accent: '#0A6B3D', support_url: 'https://help.acme.example/' }`,
    ).theme;
    expect(theme).toEqual({ productName: 'Acme', accent: '#0A6B3D', supportUrl: 'https://help.acme.example/' });
    expect(read('').theme).toEqual({ productName: 'Tandem' });
  });

  it.each([
    [
      '{ accent: "#ff9900" }',
      'theme.accent: has a contrast of 1.9 with the light ground, and text needs 4.5 (WCAG AA)',
    ],
    [
      '{ accent_dark: "#0a3366" }',
      'theme.accent_dark: has a contrast of 1.3 with the dark ground, and text needs 4.5 (WCAG AA)',
    ],
    ['{ accent: "red;} body{display:none" }', 'theme.accent: must be a colour like "#1f5fd6"'],
    ['{ logo: nowhere.png }', 'theme.logo: can not be read'],
    ['{ logo: ../../etc/passwd }', 'theme.logo: must be a .svg, .png, .jpg or .webp file'],
    ['{ support_url: "javascript:alert(1)" }', 'theme.support_url: must be an https URL'],
    ['{ colour: "#000000" }', 'theme.colour: is not a known setting'],
    ['blue', 'theme: must be a mapping'],
  ])('refuses %s', (theme, problem) => {
    expect(problemsOf(`theme: ${theme}`)).toEqual([problem]);
  });
});

describe('the words of a scope', () => {
  const scopesOf = (scopes: string): string => `apis: [{ identifier: 'https://a.example/', scopes: ${scopes} }]`;

  it('accepts one text or one for each language', () => {
    const { apis } = read(scopesOf('{ read: Read it, write: { en: Write it, de-AT: Schreiben } }'));
    expect(apis.at(-1)?.scopes).toEqual({ read: 'Read it', write: { en: 'Write it', 'de-AT': 'Schreiben' } });
  });

  it.each(['{ read: {} }', '{ read: { german: Lesen } }', '{ read: { de: 7 } }', '{ read: [Lesen] }'])(
    'refuses %s',
    (scopes) => {
      expect(problemsOf(scopesOf(scopes))).toEqual([expect.stringMatching(/^apis\[0\]\.scopes: /)]);
    },
  );
});
