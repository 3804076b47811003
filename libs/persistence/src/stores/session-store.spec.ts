import {
  aGrant,
  aHash,
  answerConsent,
  createTestDatabase,
  keepAlice,
  type TestDatabase,
} from '../test-database.spec-support.js';
import { ClientStore } from './client-store.js';
import { GrantStore } from './grant-store.js';
import { InteractionStore } from './interaction-store.js';
import { LogoutDeliveryStore } from './logout-delivery-store.js';
import { SessionStore } from './session-store.js';

let test: TestDatabase;
let sessions: SessionStore;

beforeAll(async () => {
  test = await createTestDatabase();
  sessions = new SessionStore(test.database);
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.sql(
    'TRUNCATE users, sessions, grants, consents, clients, revocations, outbox, interactions, logout_deliveries',
  );
  await keepAlice(test.database);
});

const LOGGED_IN = { type: 'login.succeeded', userId: 'usr_alice' };
const SESSION = { sid: 'sid_1', userId: 'usr_alice', authTime: 1_700_000_000, acr: 'urn:acr', amr: ['pwd', 'otp'] };

async function start(sid = 'sid_1', userAgent?: string): Promise<Buffer> {
  const cookieHash = aHash();
  await sessions.start({ ...SESSION, sid }, cookieHash, 3_600, userAgent);
  return cookieHash;
}

describe('a session', () => {
  it('shows the sign-in, its user and what the user has allowed the client at hand', async () => {
    const cookieHash = await start();
    await answerConsent(test.database, ['openid']);
    expect(await sessions.find(cookieHash, 'web')).toEqual({
      session: SESSION,
      user: expect.objectContaining({ userId: 'usr_alice', email: 'alice@example.com' }),
      consented: ['openid'],
    });
    expect((await sessions.find(cookieHash, 'other'))?.consented).toEqual([]);
  });

  it('refuses an unknown cookie, an expired session and that of a disabled user', async () => {
    expect(await sessions.find(aHash(), 'web')).toBeUndefined();
    const cookieHash = await start();
    await test.sql('UPDATE users SET disabled_at = clock_timestamp()');
    expect(await sessions.find(cookieHash, 'web')).toBeUndefined();
    await test.sql(`UPDATE users SET disabled_at = NULL`);
    expect(await sessions.find(cookieHash, 'web')).toBeDefined();
    await test.sql(`UPDATE sessions SET expires_at = clock_timestamp()`);
    expect(await sessions.find(cookieHash, 'web')).toBeUndefined();
  });

  it('refuses a second session with the same cookie', async () => {
    const cookieHash = await start();
    await expect(sessions.start({ ...SESSION, sid: 'sid_2' }, cookieHash, 60)).rejects.toThrow('duplicate key');
  });

  it('shows the living ones of a user with their browsers', async () => {
    await start('sid_1', 'Firefox');
    await start('sid_2');
    await start('sid_3');
    await sessions.end('sid_3');
    const shown = await sessions.ofUser('usr_alice');
    expect(shown.find(({ sid }) => sid === 'sid_1')).toEqual({
      sid: 'sid_1',
      authTime: 1_700_000_000,
      userAgent: 'Firefox',
    });
    expect(shown.map(({ sid }) => sid).toSorted()).toEqual(['sid_1', 'sid_2']);
  });
});

describe('the sessions of one browser', () => {
  it('shows the living ones in the order of the cookies, and which of them the client takes part in', async () => {
    const cookies = [await start('sid_1'), await start('sid_2'), await start('sid_3')];
    const [first, second, third] = cookies as [Buffer, Buffer, Buffer];
    await sessions.end('sid_2');
    await new GrantStore(test.database).keep(aGrant({ sid: 'sid_1', clientId: 'web' }), 3_600, {});
    const shown = await sessions.findAll([third, aHash(), second, first], 'web');
    expect(shown.map(({ session, takesPart }) => [session.sid, takesPart])).toEqual([
      ['sid_3', false],
      ['sid_1', true],
    ]);
    expect(shown[1]?.cookieHash).toEqual(first);
    expect((await sessions.findAll([first], 'mail'))[0]?.takesPart).toBe(false);
    expect(await sessions.findAll([], 'web')).toEqual([]);
  });

  it('accepts a new sign-in of the same user into the same session, under another cookie', async () => {
    const [old, fresh] = [await start(), aHash()];
    const again = { ...SESSION, authTime: SESSION.authTime + 60, acr: 'urn:other', amr: ['pop'] };
    await test.sql(`UPDATE sessions SET expires_at = clock_timestamp() + interval '10 seconds'`);
    expect(await sessions.renew(again, fresh, 3_600, 'Firefox')).toBe(true);
    expect(await sessions.find(old, 'web')).toBeUndefined();
    expect((await sessions.find(fresh, 'web'))?.session).toEqual(again);
    expect(
      await test.sql(`SELECT user_agent, expires_at > now() + interval '50 minutes' AS long FROM sessions`),
    ).toEqual([{ user_agent: 'Firefox', long: true }]);
  });

  it('refuses to renew a session of another user, one that has ended and one that has expired', async () => {
    const cookieHash = await start();
    expect(await sessions.renew({ ...SESSION, userId: 'usr_other' }, aHash(), 60)).toBe(false);
    expect(await sessions.find(cookieHash, 'web')).toBeDefined();
    await sessions.end('sid_1');
    expect(await sessions.renew(SESSION, aHash(), 60)).toBe(false);
    await start('sid_2');
    await test.sql(`UPDATE sessions SET expires_at = clock_timestamp()`);
    expect(await sessions.renew({ ...SESSION, sid: 'sid_2' }, aHash(), 60)).toBe(false);
  });
});

describe('ending a session', () => {
  it('revokes its grants without offline access, tells it once, and names the clients', async () => {
    const cookieHash = await start();
    const grants = new GrantStore(test.database);
    const [online, offline, elsewhere] = [
      aGrant({ scope: ['openid'] }),
      aGrant({ clientId: 'mail' }),
      aGrant({ scope: ['openid'], sid: 'sid_other' }),
    ];
    for (const grant of [online, offline, elsewhere]) await grants.keep(grant, 3_600, {});
    expect((await sessions.end('sid_1'))?.toSorted()).toEqual(['mail', 'web']);
    expect(await sessions.end('sid_1')).toBeUndefined();
    expect(await sessions.end('sid_unknown')).toBeUndefined();
    expect(await sessions.find(cookieHash, 'web')).toBeUndefined();
    const alive = await Promise.all([online, offline, elsewhere].map(({ grantId }) => grants.find(grantId)));
    expect(alive.map((grant) => grant !== undefined)).toEqual([false, true, true]);
    expect(await test.sql(`SELECT kind, id FROM revocations`)).toEqual([{ kind: 'session', id: 'sid_1' }]);
    expect(await test.sql(`SELECT event->>'type' AS type, event->>'userId' AS "user" FROM outbox`)).toEqual([
      { type: 'session.ended', user: 'usr_alice' },
    ]);
    expect(await test.sql(`SELECT event FROM grant_outbox WHERE event->>'type' <> 'grant.issued'`)).toEqual([
      {
        event: {
          ...{ type: 'grant.ended', at: expect.any(Number), grantId: online.grantId, reason: 'session_ended' },
        },
      },
    ]);
  });

  it('tells one of many that end it at once', async () => {
    await start();
    const ended = await Promise.all(Array.from({ length: 10 }, () => sessions.end('sid_1')));
    expect(ended.filter((clients) => clients !== undefined)).toHaveLength(1);
  });

  it('issues a delivery for each client that wants to be told, until it is done', async () => {
    await start();
    const clients = new ClientStore(test.database);
    const told = { backchannelLogoutUri: 'https://rp.example/logout' };
    for (const [clientId, more] of [
      ['web', told],
      ['mail', told],
      ['deaf', {}],
      ['bus', { ...told, backchannelLogoutNats: 'bus' }],
    ] as const) {
      await clients.keep({ clientId, ...more } as never);
      for (let twice = 0; twice < 2; twice += 1)
        await new GrantStore(test.database).keep(aGrant({ clientId }), 3_600, {});
    }
    await sessions.end('sid_1');
    const deliveries = new LogoutDeliveryStore(test.database);
    const [first, second] = await Promise.all([deliveries.claim(1), deliveries.claim(2)]);
    expect([...first, ...second].map(({ clientId, over }) => `${clientId} ${over}`).toSorted()).toEqual([
      'bus nats',
      'mail http',
      'web http',
    ]);
    expect(await deliveries.claim(5)).toEqual([]);
    await deliveries.end(first[0]?.id ?? '');
    await test.sql('UPDATE logout_deliveries SET due_at = clock_timestamp()');
    expect(await deliveries.claim(5)).toMatchObject(
      Array.from({ length: 2 }, () => ({ attempts: 2, sid: 'sid_1', userId: 'usr_alice' })),
    );
  });
});

describe('an interaction', () => {
  const parameters = { clientId: 'web', state: 'x\u2028"', resource: [], repeated: [] };
  const browser = aHash();
  const keep = async (lifetimeSeconds = 600): Promise<InteractionStore> => {
    const store = new InteractionStore(test.database);
    await store.keep({ interactionId: 'in_1', clientId: 'web', parameters }, browser, lifetimeSeconds);
    return store;
  };

  it('shows the request to the browser that made it, and to no other', async () => {
    const store = await keep();
    expect(await store.find('in_1', browser)).toEqual({
      interactionId: 'in_1',
      clientId: 'web',
      parameters,
      createdAt: expect.any(Number),
      loginState: {},
    });
    expect(await store.find('in_1', aHash())).toBeUndefined();
    expect(await store.find('in_2', browser)).toBeUndefined();
  });

  it('shows the answer with the session that gave it, until another sign-in', async () => {
    const store = await keep();
    await store.loggedIn('in_1', 'sid_1', LOGGED_IN);
    await answerConsent(test.database, ['openid'], { interactionId: 'in_1' });
    expect(await store.find('in_1', browser)).toMatchObject({
      loggedInAt: expect.any(Number),
      consent: 'accepted',
      consentedSid: 'sid_1',
    });
    await store.loggedIn('in_1', 'sid_1', LOGGED_IN);
    expect(await store.find('in_1', browser)).not.toHaveProperty('consent');
  });

  it('tells sign-in and answer to the audit log, and remembers nothing of what was denied', async () => {
    const store = await keep();
    await test.sql('TRUNCATE audit_events, consents');
    await store.loggedIn('in_1', 'sid_1', LOGGED_IN);
    await answerConsent(test.database, ['openid'], { interactionId: 'in_1', decision: 'denied' });
    expect(await store.find('in_1', browser)).toMatchObject({ consent: 'denied', consentedSid: 'sid_1' });
    expect(await test.sql('SELECT * FROM consents')).toEqual([]);
    expect(await test.sql('SELECT type, user_id FROM audit_events ORDER BY at')).toEqual([
      { type: 'login.succeeded', user_id: 'usr_alice' },
      { type: 'consent.denied', user_id: 'usr_alice' },
    ]);
  });

  it('is found together with the sign-in of a cookie, and without it when that has ended or is not there', async () => {
    const store = await keep();
    await test.sql('TRUNCATE sessions, consents');
    const cookieHash = await start();
    await answerConsent(test.database, ['openid']);
    const interaction = await store.find('in_1', browser);
    expect(await store.findWithSignIn('in_1', browser, cookieHash)).toEqual({
      interaction,
      signIn: await sessions.find(cookieHash, 'web'),
    });
    expect((await sessions.find(cookieHash, 'web'))?.consented).toEqual(['openid']);
    expect(await store.findWithSignIn('in_1', browser, aHash())).toEqual({ interaction });
    expect(await store.findWithSignIn('in_1', aHash(), cookieHash)).toBeUndefined();
    await sessions.end('sid_1');
    expect(await store.findWithSignIn('in_1', browser, cookieHash)).toEqual({ interaction });
  });

  it('is handed out with the new sign-in, as it stands then', async () => {
    const store = await keep();
    await test.sql('TRUNCATE sessions, consents');
    const cookieHash = await start();
    await answerConsent(test.database, ['openid']);
    const after = await store.loggedIn('in_1', 'sid_1', LOGGED_IN);
    expect(after?.interaction).toMatchObject({ chosenSid: 'sid_1', loggedInAt: expect.any(Number) });
    expect(after).toEqual(await store.findWithSignIn('in_1', browser, cookieHash));
    await sessions.end('sid_1');
    expect(await store.loggedIn('in_1', 'sid_1', LOGGED_IN)).not.toHaveProperty('signIn');
    expect(await store.loggedIn('in_9', 'sid_1', LOGGED_IN)).toBeUndefined();
  });

  it('ends with the grant that answers it, and no other does', async () => {
    const store = await keep();
    await store.keep({ interactionId: 'in_2', clientId: 'web', parameters }, browser, 600);
    await new GrantStore(test.database).keep(aGrant(), 600, { interactionId: 'in_1' });
    expect(await store.find('in_1', browser)).toBeUndefined();
    expect(await store.find('in_2', browser)).toBeDefined();
  });

  it('shows whom the request is about: who was chosen, and who signed in after that', async () => {
    const store = await keep();
    await store.chosen('in_1', 'sid_2');
    expect(await store.find('in_1', browser)).toMatchObject({ chosenSid: 'sid_2' });
    await store.loggedIn('in_1', 'sid_3', LOGGED_IN);
    await answerConsent(test.database, ['openid'], { interactionId: 'in_1', sid: 'sid_3' });
    expect(await store.find('in_1', browser)).toMatchObject({ chosenSid: 'sid_3', loggedInAt: expect.any(Number) });
    await store.chosen('in_1', 'sid_2');
    const chosen = await store.find('in_1', browser);
    expect(chosen).toMatchObject({ chosenSid: 'sid_2' });
    for (const gone of ['loggedInAt', 'consent', 'consentedSid']) expect(chosen).not.toHaveProperty(gone);
    await store.keep({ interactionId: 'in_2', clientId: 'web', parameters, chosenSid: 'sid_1' }, browser, 600);
    expect(await store.find('in_2', browser)).toMatchObject({ chosenSid: 'sid_1' });
  });

  it('refuses an expired one and one that has ended', async () => {
    expect(await (await keep(0)).find('in_1', browser)).toBeUndefined();
    await test.sql('TRUNCATE interactions');
    const store = await keep();
    await store.end('in_1');
    expect(await store.find('in_1', browser)).toBeUndefined();
  });

  it('accepts the answer to what a login method waits for once, of two that come at once', async () => {
    const store = await keep();
    await store.keepLoginState('in_1', 'passkey', { challenge: 'abc' });
    await store.keepLoginState('in_1', 'email-code', { email: 'a@b' });
    const taken = await Promise.all([store.takeLoginState('in_1', 'passkey'), store.takeLoginState('in_1', 'passkey')]);
    expect(taken.filter(Boolean)).toEqual([{ challenge: 'abc' }]);
    expect((await store.find('in_1', browser))?.loginState).toEqual({ 'email-code': { email: 'a@b' } });
  });

  it('shows who the first factor has proven until the sign-in is complete or begun anew', async () => {
    const store = await keep();
    const factor = { userId: 'usr_1', method: 'password', amr: ['pwd'], at: 1 };
    await store.proven('in_1', factor);
    expect(await store.find('in_1', browser)).toMatchObject({ proven: factor, loginState: {} });
    await store.restartLogin('in_1');
    expect(await store.find('in_1', browser)).not.toHaveProperty('proven');
    await store.proven('in_1', factor);
    await store.loggedIn('in_1', 'sid_1', LOGGED_IN);
    expect(await store.find('in_1', browser)).not.toHaveProperty('proven');
  });
});
