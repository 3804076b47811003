import { aGrant, aHash, createTestDatabase, keepAlice, type TestDatabase } from '../test-database.spec-support.js';
import { GrantStore } from './grant-store.js';
import { RestoreStore } from './restore-store.js';
import { SessionStore } from './session-store.js';

const MANY = 2_500;

describe('a restored database', () => {
  let test: TestDatabase;
  let restored: RestoreStore;
  beforeAll(async () => {
    test = await createTestDatabase();
    restored = new RestoreStore(test.database);
    await keepAlice(test.database);
  });
  afterAll(() => test.close());

  it('shows nothing alive any more, however much there was, and tells each end once', async () => {
    const [sessions, grants] = [new SessionStore(test.database), new GrantStore(test.database)];
    const session = { sid: 'sid_1', userId: 'usr_alice', authTime: 1_700_000_000, acr: 'urn:acr', amr: ['pwd'] };
    const cookieHash = aHash();
    await sessions.start(session, cookieHash, 3_600);
    const grant = aGrant();
    await grants.keep(grant, 3_600, {});
    await test.sql(
      `INSERT INTO grants (grant_id, user_id, client_id, sid, scope, audience, auth_time, acr, amr, expires_at)
       SELECT 'grt_' || n, 'usr_alice', 'web', 'sid_1', '{openid}', '{}', now(), 'urn:acr', '{pwd}', now() + interval '1 day'
         FROM generate_series(1, ${MANY}) AS n`,
    );
    await test.sql(
      `INSERT INTO proofs (id, purpose, user_id, secret_hash, attempts_left, expires_at)
       VALUES ('p1', 'reset', 'usr_alice', '\\x00', 5, now() + interval '1 hour')`,
    );
    expect(await restored.endEverything()).toEqual({ sessions: 1, grants: MANY + 1 });
    expect([await sessions.find(cookieHash, 'web'), await grants.find(grant.grantId)]).toEqual([undefined, undefined]);
    expect(await test.sql('SELECT FROM proofs')).toEqual([]);
    expect(await restored.endEverything()).toEqual({ sessions: 0, grants: 0 });
    const told = await test.sql<{ n: number }>(
      "SELECT count(*)::int AS n FROM grant_outbox WHERE event->>'type' = 'grant.ended' AND event->>'reason' = 'restored'",
    );
    expect(told).toEqual([{ n: MANY + 1 }]);
  });
});
