import { readUnverifiedClaims } from '@tandem/jwt';
import { UserStore } from '@tandem/persistence';
import fc from 'fast-check';
import { authorize } from '../authorized.spec-support.js';
import { CALLBACK } from '../kept-code.spec-support.js';
import { ISSUER, LogWatch, post, signIn, startApp, type RunningApp } from '../running-app.spec-support.js';

const SINGLE = 'urn:tandem:acr:single-factor';
const MULTI = 'urn:tandem:acr:multi-factor';
const CLIENTS = [
  ['public', 'ES256'],
  ['pairwise', 'ES256'],
  ['pairwise', 'EdDSA'],
].map(([type, alg]) => ({ id: `${type}-${alg}`, type, alg }));
const DECLARED = `
apis: [{ identifier: https://api.example/, scopes: { read: Read }, signing_alg: ES256, allow_offline_access: true }]
clients:
${CLIENTS.map(
  ({ id, type, alg }) => `
  - { client_id: ${id}, client_secret: s3cret, token_endpoint_auth_method: client_secret_post, redirect_uris: [${CALLBACK}],
      response_types: [code id_token, code id_token token], grant_types: [authorization_code, refresh_token],
      subject_type: ${type}, id_token_signed_response_alg: ${alg}, audiences: [https://api.example/], skip_consent: true }`,
).join('')}
users: [{ email: alice@example.com, claims: { name: Alice } }]
`;
/** Seconds since the sign-in, when the tests begin. */
const AGES = [0, 100, 10_000];

let running: RunningApp;
let signIns: readonly { readonly authTime: number; readonly cookie: string }[];
beforeAll(async () => {
  running = await startApp(DECLARED, { logLevel: 'trace' });
  const userId = (await running.app.get(UserStore).findByEmail('alice@example.com'))?.user.userId as string;
  const now = Math.floor(Date.now() / 1_000);
  signIns = await Promise.all(
    AGES.flatMap((age) =>
      [['pwd'], ['pwd', 'otp', 'mfa']].map(async (amr) => {
        const authTime = now - age;
        return { authTime, cookie: (await signIn(running, { userId, authTime, amr })).cookie };
      }),
    ),
  );
});
afterAll(() => running.close());

/** Claims that say who signed in where, when and how: the same in every ID token of a run. */
const SAME = ['iss', 'sub', 'aud', 'auth_time', 'acr', 'amr', 'sid'];
function told(idToken: string | undefined, names: readonly string[]): Record<string, unknown> {
  const claims: Readonly<Record<string, unknown>> = { ...readUnverifiedClaims(idToken ?? '') };
  return Object.fromEntries(names.map((name) => [name, claims[name]]));
}

const listOf = (...words: readonly string[]): fc.Arbitrary<string> =>
  fc.shuffledSubarray([...words]).map((chosen) => chosen.join(' '));
const acrWish = fc.constantFrom(
  { value: MULTI },
  { values: [MULTI, SINGLE] },
  { essential: true, value: SINGLE },
  null,
);
const asked = fc.record(
  {
    response_type: fc.constantFrom('code id_token', 'id_token code', 'code id_token token', 'token id_token code'),
    response_mode: fc.constantFrom('fragment', 'form_post'),
    scope: listOf('profile', 'email', 'read', 'offline_access', 'unknown').map((words) => `openid ${words}`.trim()),
    // Printable, so that it gets to the ID token at all.
    nonce: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 100 }),
    acr_values: listOf(SINGLE, MULTI, 'urn:unknown', 'phr'),
    max_age: fc.constantFrom('0', '60', '5000', '20000'),
    claims: acrWish.map((acr) => JSON.stringify({ id_token: { acr, auth_time: { essential: true } } })),
    audience: fc.constant('https://api.example/'),
    state: fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
  },
  { requiredKeys: ['response_type', 'scope', 'nonce'] },
);

describe('the ID tokens of one hybrid run', () => {
  it('tell the same sign-in in the front, in the back and after a refresh, whatever was asked', async () => {
    const seen = { issued: 0, sentToSignIn: 0 };
    const log = new LogWatch(running);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CLIENTS), fc.nat(), asked, async ({ id }, which, parameters) => {
        const { authTime, cookie } = signIns[which % signIns.length] as (typeof signIns)[number];
        const to = { client_id: id, redirect_uri: CALLBACK };
        // A long run outlives the shorter ages.
        const tooOld = (): boolean =>
          parameters.max_age === '0' ||
          Math.floor(Date.now() / 1_000) - authTime > Number(parameters.max_age ?? Infinity);
        const before = tooOld();
        const { place, sent } = await authorize(running, cookie, { ...to, ...parameters });
        const isTooOld = place === `${ISSUER}login`;
        expect([before, tooOld()]).toContain(isTooOld);
        if (!isTooOld) expect(place).toBe(CALLBACK);
        seen[isTooOld ? 'sentToSignIn' : 'issued'] += 1;
        if (isTooOld) return;
        const identity = { client_id: id, client_secret: 's3cret' };
        const redeem = { grant_type: 'authorization_code', code: sent['code'] as string, redirect_uri: CALLBACK };
        const back = await post(running, 'oauth/token', { ...redeem, ...identity });
        const front = told(sent['id_token'], [...SAME, 'nonce']);
        expect(front).toMatchObject({ iss: ISSUER, aud: id, nonce: parameters.nonce, auth_time: authTime });
        expect(told(back.sent['id_token'], [...SAME, 'nonce'])).toEqual(front);
        const issued = ['code', 'access_token', 'id_token', 'refresh_token'].flatMap((name) => [
          sent[name],
          back.sent[name],
        ]);
        log.expectUntold([cookie.split('=')[1], ...issued]);
        const { refresh_token: refreshToken } = back.sent;
        expect(refreshToken !== undefined).toBe(parameters.scope.includes('offline_access'));
        if (refreshToken === undefined) return;
        const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken };
        const third = await post(running, 'oauth/token', { ...refresh, ...identity });
        expect(told(third.sent['id_token'], SAME)).toEqual(told(sent['id_token'], SAME));
      }),
    );
    expect(Math.min(...Object.values(seen), log.lines)).toBeGreaterThan(0);
  });
});
