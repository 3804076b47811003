import fc from 'fast-check';
import { basicOf, FORM, startApp, type RunningApp } from '../running-app.spec-support.js';

const API = 'https://api.example/';
const DECLARED = `
apis: [{ identifier: ${API}, scopes: { read: Read } }]
clients:
  - { client_id: basic, client_secret: s3cret, redirect_uris: [https://rp.example/cb], audiences: [${API}],
      grant_types: [authorization_code, refresh_token, client_credentials] }
  - { client_id: post, client_secret: s3cret, token_endpoint_auth_method: client_secret_post, audiences: [${API}],
      grant_types: [client_credentials], response_types: [] }
  - { client_id: spa, token_endpoint_auth_method: none, redirect_uris: [https://rp.example/cb] }
`;
let running: RunningApp;
beforeAll(async () => {
  running = await startApp(DECLARED);
});
afterAll(() => running.close());

/** Errors of these endpoints in IANA's OAuth Extensions Error Registry and RFC 6749 §5.2. */
const REGISTERED = [
  ...['invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type'],
  ...['invalid_scope', 'invalid_target', 'unsupported_token_type'],
];
const MARKER = 'Xq7-marker';
const BODY_43 = 'A'.repeat(43);
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const NAMES = [
  ...['grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope', 'audience', 'resource'],
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'token', 'token_type_hint'],
];
const GOOD = [
  ...['authorization_code', 'refresh_token', 'client_credentials', 'password', 'basic', 'post', 'spa', 's3cret'],
  ...[API, 'read', 'openid', 'access_token', ASSERTION_TYPE, 'https://rp.example/cb'],
  ...['ac_', 'rt_', 'at_'].map((prefix) => prefix + BODY_43),
];

const text = fc.oneof(
  fc.constantFrom(...GOOD),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\r\nx: y',
    '"',
    '\\',
    '\u202E',
    '__proto__',
    "' OR 1=1--",
    'x'.repeat(9_000),
    '\uD800',
  ),
  fc.string({ unit: 'binary' }),
  fc.constant(MARKER),
  fc.tuple(fc.string(), fc.string()).map(([before, after]) => `${before}${MARKER}${after}`),
  fc
    .array(
      fc.oneof(
        fc.base64String(),
        fc.json().map((json) => Buffer.from(json).toString('base64url')),
      ),
      { maxLength: 5 },
    )
    .map((parts) => parts.join('.')),
);
const name = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...NAMES) }, { weight: 1, arbitrary: text });
const encode = (value: string): string => encodeURIComponent(value.toWellFormed());
/** Requests as they are meant, of which a few values are then exchanged. */
const MEANT: readonly Readonly<Record<string, string>>[] = [
  { grant_type: 'client_credentials', audience: API, scope: 'read' },
  { grant_type: 'authorization_code', code: `ac_${BODY_43}`, redirect_uri: 'https://rp.example/cb' },
  { grant_type: 'refresh_token', refresh_token: `rt_${BODY_43}`, scope: 'openid' },
  { token: `at_${BODY_43}`, token_type_hint: 'access_token' },
];
const form = fc
  .tuple(
    fc.constantFrom({}, ...MEANT),
    fc.dictionary(name, text, { maxKeys: 3 }),
    fc.array(fc.tuple(name, text), { maxLength: 2 }),
  )
  .map(([meant, changes, more]) =>
    [...Object.entries({ ...meant, ...changes }), ...more]
      .map(([key, value]) => `${encode(key)}=${encode(value)}`)
      .join('&'),
  );
const raw = fc
  .array(fc.oneof(fc.constantFrom(...NAMES, '=', '&', '%', '%ff', '%00', '%zz', '+', MARKER), text), { maxLength: 12 })
  .map((parts) => parts.join('').toWellFormed());
const json = fc.oneof(
  fc.dictionary(name, fc.oneof(text, fc.jsonValue()), { maxKeys: 6 }).map((body) => JSON.stringify(body)),
  fc.json(),
  text,
);
const body = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant(FORM['content-type']), fc.oneof({ weight: 4, arbitrary: form }, raw)) },
  fc.tuple(fc.constant('application/json'), json),
  fc.tuple(fc.constantFrom('text/plain', 'multipart/form-data; boundary=x', `${MARKER}/x`), raw),
);
const authorization = fc.oneof(
  { weight: 3, arbitrary: fc.constant(basicOf('basic', 's3cret')) },
  fc.constantFrom(undefined, basicOf('basic', MARKER)),
  fc.constantFrom(basicOf(MARKER, 'x'), basicOf('%zz', '%ff'), `Bearer ${MARKER}`, 'Basic', `Basic ${MARKER}`, MARKER),
  fc.string({ unit: 'binary' }).map((given) => basicOf('basic', given)),
);

describe('an error response', () => {
  it.each(['token', 'revoke', 'introspect'])(
    'of /oauth/%s tells a registered error and nothing of what was sent (P16)',
    async (endpoint) => {
      await fc.assert(
        fc.asyncProperty(body, authorization, async ([type, sent], credentials) => {
          const response = await fetch(`${running.url}/oauth/${endpoint}`, {
            method: 'POST',
            headers: { 'content-type': type, ...(credentials === undefined ? {} : { authorization: credentials }) },
            body: sent,
          });
          const told = await response.text();
          expect(response.headers.get('cache-control')).toBe('no-store');
          expect(`${told}${JSON.stringify([...response.headers])}`).not.toContain(MARKER);
          if (response.status === 200) return;
          expect([400, 401, 413, 415]).toContain(response.status);
          expect(response.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
          const { error, error_description: description, ...others } = JSON.parse(told) as Record<string, unknown>;
          expect(others).toEqual({});
          expect(REGISTERED).toContain(error);
          expect(description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
          // RFC 6749 §5.2: 401 goes with invalid_client, and says how to authenticate.
          expect(response.status === 401).toBe(error === 'invalid_client');
          expect(response.headers.has('www-authenticate')).toBe(response.status === 401);
        }),
      );
    },
  );
});
