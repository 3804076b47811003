import { randomUUID } from 'node:crypto';
import { ConsentStore, UserStore } from '@tandem/persistence';
import { CLAIMS_OF_SCOPE, isIdentityScope, words } from '@tandem/protocol';
import fc from 'fast-check';
import { authorize } from '../authorized.spec-support.js';
import { CALLBACK } from '../kept-code.spec-support.js';
import { ISSUER, post, signIn, startApp, type RunningApp } from '../running-app.spec-support.js';

const ORDERS = 'https://orders.example/';
const FILES = 'https://files.example/';
/** The same word means something else at each API. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  [ORDERS]: ['read', 'place'],
  [FILES]: ['read', 'delete'],
};
const client = (clientId: string, more: string): string =>
  `{ client_id: ${clientId}, client_secret: s3cret, token_endpoint_auth_method: client_secret_post, ${more},
     redirect_uris: [${CALLBACK}], response_types: [code, code token, code id_token token], id_token_signed_response_alg: ES256 }`;
const BOTH = `audiences: [${ORDERS}, ${FILES}]`;
const DECLARED = `
apis:
  - { identifier: ${ORDERS}, scopes: { read: Read, place: Place }, signing_alg: ES256, allow_offline_access: true }
  - { identifier: ${FILES}, scopes: { read: Read, delete: Delete }, signing_alg: ES256 }
clients:
  - ${client('asking', `${BOTH}, grant_types: [authorization_code, refresh_token]`)}
  - ${client('trusted', `${BOTH}, grant_types: [authorization_code, refresh_token], skip_consent: true`)}
  - ${client('online', `${BOTH}, grant_types: [authorization_code], skip_consent: true`)}
  - ${client('small', `audiences: [${ORDERS}], grant_types: [authorization_code, refresh_token], skip_consent: true`)}
`;
type ClientId = 'asking' | 'trusted' | 'online' | 'small';

let running: RunningApp;
beforeAll(async () => {
  running = await startApp(DECLARED);
});
afterAll(() => running.close());

const IDENTITY = ['openid', 'profile', 'email', 'offline_access'];
const WORDS = [...IDENTITY, 'read', 'place', 'delete', 'unknown', 'OPENID', '__proto__', 'constructor'];
/** Any words in any order, also twice. Most begin with `openid`, else little is granted. */
const scopes = fc
  .tuple(
    fc.constantFrom([], ['openid'], ['openid']),
    fc.array(fc.constantFrom(...WORDS, 'read', 'read', 'offline_access'), { maxLength: 5 }),
  )
  .map(([first, words]) => [...first, ...words]);
const ENTRIES = [
  ...IDENTITY,
  ...Object.entries(SCOPES).flatMap(([api, words]) => words.map((word) => `${api} ${word}`)),
];
/** All that could be allowed but one, so that little of what is asked was not. */
const allButOne = fc.constantFrom(...ENTRIES).map((missing) => ENTRIES.filter((entry) => entry !== missing));
const resources = fc.constantFrom<readonly string[]>([], [ORDERS], [FILES], [ORDERS, FILES], [FILES, ORDERS]);
const run = fc.record({
  clientId: fc.constantFrom<ClientId>('asking', 'asking', 'trusted', 'online', 'small'),
  asked: scopes,
  apis: resources,
  consented: fc.oneof(allButOne, allButOne, fc.subarray(ENTRIES)),
  responseType: fc.constantFrom('code', 'code token', 'code id_token token'),
  /** What the refresh asks: all, any words, or those of the granted ones that the bits choose. */
  narrower: fc.oneof(fc.constant(undefined), scopes, fc.nat({ max: 63 })),
  which: fc.nat(),
});
type Run = typeof run extends fc.Arbitrary<infer R> ? R : never;

/** What a token for an API, or for no API, may carry at most. */
const mayCarry = ({ clientId, asked, apis, consented }: Run, api: string | undefined): readonly string[] =>
  asked.filter((word) => {
    if (clientId === 'asking' && !consented.includes(isIdentityScope(word) ? word : `${api} ${word}`)) return false;
    if (word === 'offline_access') return clientId !== 'online' && !apis.includes(FILES);
    return isIdentityScope(word) || (api !== undefined && SCOPES[api]?.includes(word) === true);
  });

async function keepUser(consented: readonly string[]): Promise<string> {
  const email = `${randomUUID()}@example.com`;
  const userId = await running.app.get(UserStore).keep({ email, emailVerified: true, claims: { name: 'Alice' } });
  const consent = { interactionId: 'none', decision: 'accepted', sid: 'none', clientId: 'asking', userId } as const;
  await running.app
    .get(ConsentStore)
    .answer({ ...consent, entries: consented }, { type: 'consent.accepted', userId, clientId: 'asking' });
  return (await signIn(running, { userId, amr: ['pwd'] })).cookie;
}

/** The scope of the answer is that of its token, without a word twice, and nothing else comes with it. */
async function carried(sent: Readonly<Record<string, string>>, clientId: string): Promise<readonly string[]> {
  const token = sent['access_token'] as string;
  const identity = { client_id: clientId, client_secret: 's3cret' };
  const told = await post(running, 'oauth/introspect', { token, ...identity });
  expect(String(told.sent['active'])).toBe('true');
  expect(told.sent['scope']).toBe(sent['scope']);
  const held = sent['scope']?.split(' ') ?? [];
  expect(held).toEqual([...new Set(held)]);
  if (!held.includes('openid')) return held;
  const claims = await post(running, 'userinfo', { access_token: token });
  const allowed = held.flatMap((word) => (CLAIMS_OF_SCOPE as Readonly<Record<string, readonly string[]>>)[word] ?? []);
  expect([...allowed, 'sub']).toEqual(expect.arrayContaining(Object.keys(claims.sent)));
  return held;
}

describe('the scope of tokens', () => {
  it('holds no more than was asked, is allowed to the client and by the user, and belongs to the API', async () => {
    const seen = { issued: 0, refreshed: 0, askedForConsent: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(run, async (each) => {
        const { clientId, asked, apis, consented, responseType, which } = each;
        const target = apis.length === 0 ? undefined : (apis[which % apis.length] as string);
        const cookie = await keepUser(consented);
        const { place, sent } = await authorize(running, cookie, {
          ...{ client_id: clientId, redirect_uri: CALLBACK, response_type: responseType, nonce: 'n', state: 's' },
          ...{ scope: asked.join(' '), resource: apis },
        });
        if (place === `${ISSUER}consent`) {
          seen.askedForConsent += 1;
          expect(clientId).toBe('asking');
          return;
        }
        expect(place).toBe(CALLBACK);
        if (sent['error'] !== undefined) {
          seen.refused += 1;
          expect([sent['code'], sent['access_token']]).toEqual([undefined, undefined]);
          return;
        }
        seen.issued += 1;
        expect(clientId === 'small' && apis.includes(FILES)).toBe(false);
        if (sent['access_token'] !== undefined)
          expect(mayCarry(each, apis[0])).toEqual(expect.arrayContaining([...(await carried(sent, clientId))]));
        const identity = { client_id: clientId, client_secret: 's3cret' };
        const wanted: Readonly<Record<string, string>> = target === undefined ? {} : { resource: target };
        const redeem = { grant_type: 'authorization_code', code: sent['code'] as string, redirect_uri: CALLBACK };
        const back = await post(running, 'oauth/token', { ...redeem, ...identity, ...wanted });
        expect(mayCarry(each, target)).toEqual(expect.arrayContaining([...(await carried(back.sent, clientId))]));
        const refreshToken = back.sent['refresh_token'];
        expect(refreshToken !== undefined).toBe(mayCarry(each, target).includes('offline_access'));
        if (refreshToken === undefined) return;
        const granted = words(back.sent['scope']);
        const narrower =
          typeof each.narrower === 'number'
            ? granted.filter((_, bit) => ((each.narrower as number) >> bit) % 2 === 1)
            : each.narrower;
        const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken, ...identity, ...wanted };
        const scope: Readonly<Record<string, string>> = narrower === undefined ? {} : { scope: narrower.join(' ') };
        const refreshed = await post(running, 'oauth/token', { ...refresh, ...scope });
        if (refreshed.status === 400) return expect(refreshed.sent['error']).toBe('invalid_scope');
        seen.refreshed += 1;
        const held = mayCarry(each, target).filter(
          (word) => narrower?.includes(word) !== false || narrower.length === 0,
        );
        expect(held).toEqual(expect.arrayContaining([...(await carried(refreshed.sent, clientId))]));
      }),
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  it.each([
    ['a scope that the new API has too', ORDERS, 'openid read', FILES, 'openid', 'invalid_scope'],
    ['a new scope that the first API has too', ORDERS, 'openid', FILES, 'openid read', 'invalid_scope'],
    ['a new scope of its own', ORDERS, 'openid read', FILES, 'openid read delete', undefined],
    ['the same scope of both', ORDERS, 'openid read', FILES, 'openid read', undefined],
    ['offline access', ORDERS, 'openid offline_access', FILES, 'openid', 'invalid_scope'],
    ['offline access to the same API', ORDERS, 'openid offline_access', ORDERS, 'openid place', undefined],
  ])('reaches no other API when a grant is merged: %s', async (_what, first, held, second, added, refusal) => {
    const cookie = await keepUser([]);
    const to = { client_id: 'trusted', redirect_uri: CALLBACK, response_type: 'code token' };
    const { sent } = await authorize(running, cookie, { ...to, scope: held, resource: first });
    const identity = { client_id: 'trusted', client_secret: 's3cret' };
    const redeem = { grant_type: 'authorization_code', code: sent['code'] as string, redirect_uri: CALLBACK };
    const { grant_id: grantId } = (await post(running, 'oauth/token', { ...redeem, ...identity })).sent;
    const merging = { grant_management_action: 'merge', grant_id: grantId as string, scope: added, resource: second };
    const merged = await authorize(running, cookie, { ...to, ...merging });
    expect(merged.sent['error']).toBe(refusal);
  });
});
