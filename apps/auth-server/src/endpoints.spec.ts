import { GrantStore } from '@tandem/persistence';
import { OddCaller, oddRequests } from '@tandem/testing';
import fc from 'fast-check';
import { ENDPOINTS } from './endpoints.js';
import { signedIn, startApp, type RunningApp, type SignedIn } from './running-app.spec-support.js';

const ISSUER = 'https://op.example/';
const EMAIL = 'ann@example.com';
const GRANT = 'gr_AAAAAAAAAAAAAAAAAAAAAA';
const CLIENT_NAME = 'Lapsang Souchong';
const DECLARED = `
clients:
  - { client_id: web, client_name: ${CLIENT_NAME}, client_secret: s3cret, redirect_uris: [https://rp.example/cb] }
`;
/** Addresses behind which something of a user, a client or the operator's stands. */
const PROTECTED = [
  ...['account', 'accountCallback', 'userinfo', 'grantManagement', 'revocations', 'introspection', 'registration'],
  ...['consent', 'selectAccount', 'secondFactor', 'passkeyOffer', 'token', 'revocation'],
] as const satisfies readonly (keyof typeof ENDPOINTS)[];
const PATHS = [
  ...PROTECTED.map((name) => `/${ENDPOINTS[name]}`),
  ...['password', 'sign-out', 'email-change', 'withdraw', 'switch'].map((action) => `/${ENDPOINTS.account}/${action}`),
  `/${ENDPOINTS.grantManagement}/${GRANT}`,
  `/${ENDPOINTS.grantManagement}/${GRANT}/withdraw`,
  `/${ENDPOINTS.registration}/web`,
  `/${ENDPOINTS.consent}?interaction=${'a'.repeat(22)}`,
];

let running: RunningApp;
let caller: OddCaller;
let user: SignedIn;
beforeAll(async () => {
  running = await startApp(DECLARED);
  caller = new OddCaller(running.url);
  user = await signedIn(running, EMAIL);
  const { userId, sid } = user;
  const grant = { grantId: GRANT, userId, sid, clientId: 'web', scope: ['openid'], audience: [], authTime: 1 };
  await running.app.get(GrantStore).keep({ ...grant, acr: 'pwd', amr: ['pwd'] }, 600, {});
});
afterAll(async () => {
  caller.close();
  await running.close();
});

describe('what is behind the endpoints', () => {
  it('shows to the user whose it is', async () => {
    const page = await caller.send({
      method: 'GET',
      target: '/account',
      headers: { cookie: user.cookie },
    });
    expect(page.status).toBe(200);
    for (const told of [EMAIL, CLIENT_NAME]) expect(page.text).toContain(told);
  });

  it('shows to nobody without credentials, however the request is spelled (P23)', async () => {
    await fc.assert(
      fc.asyncProperty(oddRequests(PATHS), async (request) => {
        const { status, location, text, body } = await caller.send(request);
        expect(status).toBeLessThan(500);
        // Pages of our own at most: the sign-in, and from there on nothing that is the user's.
        if (status >= 300 && status < 400) expect(location.startsWith(ISSUER)).toBe(true);
        const isPreflight = request.method === 'OPTIONS' && status === 204 && body === '';
        expect({ status, isRefused: status >= 300 || isPreflight }).toEqual({ status, isRefused: true });
        for (const told of [EMAIL, CLIENT_NAME, GRANT, user.userId]) expect(text).not.toContain(told);
      }),
    );
    expect(await running.app.get(GrantStore).find(GRANT)).toBeDefined();
  });
});
