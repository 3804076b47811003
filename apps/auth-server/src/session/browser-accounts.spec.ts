import fc from 'fast-check';
import { FORM, signedIn, startApp, type RunningApp } from '../running-app.spec-support.js';

const EMAIL = 'ann@example.com';
const CALLBACK = 'https://rp.example/cb';
const DECLARED = `
clients:
  - { client_id: web, client_secret: s3cret, redirect_uris: [${CALLBACK}], skip_consent: true }
`;
let running: RunningApp;
/** The value of the cookie of somebody who is signed in: in any other cookie than the right one it is worth nothing. */
let value: string;
beforeAll(async () => {
  running = await startApp(DECLARED);
  value = (await signedIn(running, EMAIL)).cookie.split('=')[1] as string;
});
afterAll(() => running.close());

const AUTHORIZE = new URLSearchParams({
  ...{ client_id: 'web', redirect_uri: CALLBACK, response_type: 'code', scope: 'openid', prompt: 'none' },
}).toString();
const ASKED = [
  ['GET', `/authorize?${AUTHORIZE}`],
  ['GET', '/account'],
  ['POST', '/account/sign-out'],
  ['GET', `/authorize?interaction=${'a'.repeat(22)}`],
  ['GET', `/consent?interaction=${'a'.repeat(22)}`],
  ['GET', `/login?interaction=${'a'.repeat(22)}`],
  ['GET', `/select-account?interaction=${'a'.repeat(22)}`],
  ['GET', '/oidc/logout'],
  ['GET', '/oidc/check_session'],
] as const;
const ask = (method: string, path: string, cookie: string): Promise<Response> =>
  fetch(`${running.url}${path}`, {
    method,
    redirect: 'manual',
    headers: { cookie, accept: 'text/html', ...FORM },
    ...(method === 'POST' ? { body: 'sid=x' } : {}),
  });

const NAMES = ['tandem_session', 'tandem_accounts', 'tandem_browser', 'tandem_session_state', 'tandem_passkey_later'];
/** Every octet that a header can carry. */
const octets = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc
      .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }), fc.constant(9))
      .map((code) => String.fromCharCode(code)),
    maxLength,
  });
const known = fc.constantFrom(...NAMES.flatMap((name) => [name, `__Host-${name}`]));
const ours = fc.stringMatching(/^[A-Za-z0-9_-]{43}$/);
const anything = fc.oneof(
  octets(60),
  ours,
  fc.array(ours, { maxLength: 6 }).map((values) => values.join('.')),
  fc.constantFrom('', '"', '""', '%00', '__proto__', 'a'.repeat(4_000)),
);
/** The good value where it does not count: under a name that only looks right, or not as it was written. */
const misplaced = (good: string): fc.Arbitrary<string> =>
  fc
    .oneof(
      fc.constantFrom(
        ...['tandem_session', 'tandem_accounts', '__host-tandem_session', '__Secure-tandem_session'],
        ...['__Host-Tandem_session', '__Host-tandem_browser', '__Host-tandem_session_state', '__Host-tandem_session[]'],
        ...['__Host%2Dtandem_session', '"__Host-tandem_session', '$__Host-tandem_session', 'x=__Host-tandem_session'],
      ),
      // RFC 6265 §4.2.1: a space stands between cookies. Any other octet is part of a name, which browsers let everybody set.
      fc
        .tuple(
          fc.oneof(octets(3), fc.constantFrom('\u00A0', ' \u00A0', '\u0085', '\u00AD')),
          fc.constantFrom('__Host-tandem_session', '__Host-tandem_accounts'),
        )
        .map(([before, name]) => `${before}${name}`),
    )
    .map((name) => `${name}=${good}`);
const misspelled = (good: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom('__Host-tandem_session', '__Host-tandem_accounts'),
      fc.constantFrom(
        ...[`"${good}"`, `\u00A0${good}`, `,${good}`, `=${good}`, `${good}\u00A0`, `${good},x`, `${good}=`, `${good}A`],
        ...[good.slice(1), good.toLowerCase(), `%${good.charCodeAt(0).toString(16)}${good.slice(1)}`],
      ),
    )
    .map(([name, text]) => `${name}=${text}`);
const headers = (good: string): fc.Arbitrary<string> => {
  const cookie = fc.oneof(
    fc.tuple(fc.oneof(known, octets(20)), anything).map(([name, text]) => `${name}=${text}`),
    octets(40),
    misplaced(good),
    misspelled(good),
  );
  return fc
    .oneof(
      fc.tuple(fc.array(cookie, { maxLength: 6 }), fc.constantFrom('; ', ';', ';;', ' ; ', ',', '')),
      fc.tuple(fc.array(cookie, { minLength: 200, maxLength: 400, size: 'max' }), fc.constant('; ')),
    )
    .map(([cookies, between]) => cookies.join(between));
};

/** What was joined can spell the good cookie after all. */
const holdsGood = (sent: string): boolean =>
  sent
    .split(';')
    .map((part) => part.replace(/^[ \t]+/, '').replace(/[ \t]+$/, ''))
    .some(
      (part) =>
        part === `__Host-tandem_session=${value}` ||
        (part.startsWith('__Host-tandem_accounts=') && part.split(/[=.]/).includes(value)),
    );

describe('the cookies of a browser', () => {
  it('accepts the cookie that a sign-in was given', async () => {
    const signed = `a=1; __Host-tandem_session=${value}; b`;
    expect((await ask('GET', `/authorize?${AUTHORIZE}`, signed)).headers.get('location')).toContain('?code=');
    expect(await (await ask('GET', '/account', signed)).text()).toContain(EMAIL);
  });

  it('shows nobody as signed in for any other, and never fails (P18)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ASKED), headers(value), async ([method, path], sent) => {
        fc.pre(!holdsGood(sent));
        const response = await ask(method, path, sent);
        expect(response.status).toBeLessThan(500);
        const location = response.headers.get('location') ?? '';
        expect(location).not.toContain('code=');
        // Headers that are too long are refused before anything is read.
        if (path.endsWith(AUTHORIZE) && response.status !== 431) expect(location).toContain('?error=login_required');
        if (path.startsWith('/account')) expect(response.status).not.toBe(200);
        expect(await response.text()).not.toContain(EMAIL);
      }),
    );
  });
});
