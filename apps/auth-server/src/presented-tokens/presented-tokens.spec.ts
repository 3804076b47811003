import fc from 'fast-check';
import { Clock } from '../clock.js';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import { basicOf, FORM, startApp, type RunningApp } from '../running-app.spec-support.js';

const API = 'https://api.example/';
const DECLARED = `
apis: [{ identifier: ${API}, scopes: { read: Read } }]
clients:
  - { client_id: service, client_secret: s3cret, audiences: [${API}], grant_types: [client_credentials], response_types: [] }
  - { client_id: api, client_secret: s3cret, introspection_audience: ${API}, grant_types: [client_credentials],
      response_types: [] }
`;
const CALLERS = ['service', 'api'] as const;
type Form = Readonly<Record<string, string>>;

let running: RunningApp;
/** A living token of the client `service`, which both may know. */
let living: string;
const post = (endpoint: string, caller: string, form: Form, headers: Form = {}): Promise<Response> =>
  fetch(`${running.url}/oauth/${endpoint}`, {
    method: 'POST',
    headers: { ...FORM, authorization: basicOf(caller, 's3cret'), ...headers },
    body: new URLSearchParams(form).toString(),
  });
const isActive = async (token: string): Promise<boolean> =>
  ((await (await post('introspect', 'api', { token })).json()) as { active: boolean }).active;

const newToken = async (): Promise<string> => {
  const answer = await post('token', 'service', { grant_type: 'client_credentials' });
  return ((await answer.json()) as { access_token: string }).access_token;
};

beforeAll(async () => {
  running = await startApp(DECLARED);
  living = await newToken();
});
afterAll(() => running.close());

const segment = (json: unknown): string => Buffer.from(JSON.stringify(json)).toString('base64url');
const claim = fc.constantFrom('sub', 'exp', 'aud', 'jti', 'client_id', 'grant_id', 'sid', 'scope');
/** Any text: nothing at all, values of the right form, JWTs of any content, and what a living token may be changed to. */
const tokens = (good: string): fc.Arbitrary<string> => {
  const [header = '', payload = '', signature = ''] = good.split('.');
  const decoded = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        ' ',
        'null',
        '..',
        '\0',
        '%00',
        "' OR 1=1--",
        '{"a":1}',
        'x'.repeat(20_000),
        '\uD800',
        '__proto__',
      ),
      fc
        .tuple(
          fc.constantFrom('at_', 'rt_', 'ac_', 'rat_', 'iat_', 'AT_'),
          fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{43}$/), fc.string({ maxLength: 50 })),
        )
        .map(([prefix, rest]) => prefix + rest),
      fc
        .array(fc.oneof(fc.jsonValue().map(segment), fc.base64String()), { maxLength: 6 })
        .map((parts) => parts.join('.')),
      fc.jsonValue().map((value) => `${header}.${segment(value)}.${signature}`),
      fc
        .tuple(claim, fc.jsonValue())
        .map(([name, value]) => `${header}.${segment({ ...decoded, [name]: value })}.${signature}`),
      fc
        .tuple(fc.constantFrom('none', 'HS256', 'ES256', 'RS256', 'x'), fc.constantFrom('at+jwt', 'JWT', ''))
        .map(([alg, typ]) => `${segment({ alg, typ })}.${payload}.${signature}`),
      fc
        .tuple(fc.nat(good.length), fc.nat(3), fc.string({ maxLength: 3 }))
        .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut)),
    )
    .map((token) => token.toWellFormed())
    .filter((token) => token !== good);
};
const hint = fc.oneof(fc.constantFrom('', 'access_token', 'refresh_token', 'id_token', '__proto__'), fc.string());
const asked = (good: string): fc.Arbitrary<readonly [caller: string, form: Form]> =>
  fc
    .tuple(fc.constantFrom(...CALLERS), tokens(good), fc.option(hint, { nil: undefined }))
    .map(([caller, token, of]) => [caller, { token, ...(of === undefined ? {} : { token_type_hint: of }) }]);

/** What a JWT of ours says, unverified. */
const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('any text in place of a token', () => {
  it('shows at introspection as not active and no more, also as a JWT (P19)', async () => {
    await fc.assert(
      fc.asyncProperty(asked(living), fc.boolean(), async ([caller, form], asJwt) => {
        const accept = asJwt ? 'application/token-introspection+jwt' : 'application/json';
        const response = await post('introspect', caller, form, { accept });
        expect([200, 400]).toContain(response.status);
        if (response.status === 400) {
          expect(await response.json()).toMatchObject({ error: 'invalid_request' });
          return;
        }
        const told = await response.text();
        expect(asJwt ? claimsOf(told)['token_introspection'] : JSON.parse(told)).toEqual({ active: false });
      }),
    );
  });

  it('revokes nothing, and is answered like a token that was revoked (P19)', async () => {
    await fc.assert(
      fc.asyncProperty(asked(living), async ([caller, form]) => {
        const response = await post('revoke', caller, form);
        expect([200, 400]).toContain(response.status);
        if (response.status === 200) expect(await response.text()).toBe('');
        else expect(await response.json()).toMatchObject({ error: 'invalid_request' });
      }),
    );
    expect(await isActive(living)).toBe(true);
    await post('revoke', 'service', { token: living });
    expect(await isActive(living)).toBe(false);
  });

  it('is answered by 401 to a caller who is not authenticated (P19)', async () => {
    await fc.assert(
      fc.asyncProperty(asked(living), fc.constantFrom('introspect', 'revoke'), async ([, form], endpoint) => {
        const response = await post(endpoint, 'nobody', form);
        expect([400, 401]).toContain(response.status);
        expect(await response.json()).toMatchObject({
          error: response.status === 401 ? 'invalid_client' : 'invalid_request',
        });
      }),
    );
  });
});

describe('a token that was asked about before', () => {
  it.each<[string, (token: string) => Promise<unknown>]>([
    ['was revoked', (token) => post('revoke', 'service', { token })],
    ['was signed with keys that were withdrawn', () => running.app.get(SigningKeys).replaceAll()],
  ])('is inactive once it %s', async (_what, end) => {
    const token = await newToken();
    expect([await isActive(token), await isActive(token)]).toEqual([true, true]);
    await end(token);
    expect(await isActive(token)).toBe(false);
    expect(await isActive(await newToken())).toBe(true);
  });

  it('is inactive from its expiry on', async () => {
    const token = await newToken();
    expect(await isActive(token)).toBe(true);
    const clock = running.app.get(Clock);
    const { exp } = claimsOf(token);
    try {
      clock.now = () => (exp as number) - 1;
      expect(await isActive(token)).toBe(true);
      clock.now = () => exp as number;
      expect(await isActive(token)).toBe(false);
    } finally {
      Reflect.deleteProperty(clock, 'now');
    }
  });
});
