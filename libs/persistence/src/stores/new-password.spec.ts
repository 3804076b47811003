import { aGrant, createTestDatabase, keepAlice, type TestDatabase } from '../test-database.spec-support.js';
import { GrantStore } from './grant-store.js';
import { SessionStore } from './session-store.js';
import { UserStore } from './user-store.js';

let test: TestDatabase;
let users: UserStore;
let grants: GrantStore;

beforeAll(async () => {
  test = await createTestDatabase();
  users = new UserStore(test.database);
  grants = new GrantStore(test.database);
});
afterAll(() => test.close());
beforeEach(() => test.sql('TRUNCATE users, sessions, grants, outbox, revocations'));

describe('a new password', () => {
  it('ends every session, more than a page of them, and every grant, but for the session that is kept', async () => {
    const userId = await keepAlice(test.database);
    await test.sql(
      `INSERT INTO sessions (sid, cookie_hash, user_id, auth_time, acr, amr, expires_at)
       SELECT 'sid_' || n, sha256(n::text::bytea), $1, now(), '', '{}', now() + interval '1 hour' FROM generate_series(1, 120) n`,
      [userId],
    );
    const [kept, ended, offline, orphan] = [
      aGrant({ sid: 'sid_7' }),
      aGrant({ sid: 'sid_8', scope: ['openid'] }),
      aGrant({ sid: 'sid_8' }),
      aGrant({ sid: 'sid_long_gone' }),
    ] as const;
    for (const grant of [kept, ended, offline, orphan]) await grants.keep(grant, 3_600, {});
    await test.sql('TRUNCATE outbox');
    expect(await users.setPassword(userId, 'new', 'sid_7')).toBe(true);
    expect((await new SessionStore(test.database).ofUser(userId)).map(({ sid }) => sid)).toEqual(['sid_7']);
    expect((await grants.ofUser(userId)).map(({ grantId }) => grantId)).toEqual([kept.grantId]);
    const told = await test.sql<{ id: string }>(
      `SELECT event->>'grantId' AS id FROM outbox WHERE event->>'type' = 'grant.revoked' AND event->>'reason' = 'password_changed'`,
    );
    expect(told.map(({ id }) => id).toSorted()).toEqual([offline.grantId, orphan.grantId].toSorted());
    expect(await test.sql(`SELECT 1 FROM outbox WHERE event->>'type' = 'session.ended'`)).toHaveLength(119);
    expect(await users.setPassword(userId, 'newer')).toBe(true);
    expect(await grants.ofUser(userId)).toEqual([]);
  });

  it('keeps password, sessions and grants as they were when one of the changes fails', async () => {
    const userId = await keepAlice(test.database);
    await users.setPassword(userId, 'old');
    await grants.keep(aGrant(), 3_600, {});
    await test.sql(`ALTER TABLE outbox ADD CONSTRAINT none CHECK (event->>'type' <> 'grant.revoked')`);
    try {
      await expect(users.setPassword(userId, 'new')).rejects.toThrow('none');
    } finally {
      await test.sql('ALTER TABLE outbox DROP CONSTRAINT none');
    }
    expect(await users.findCredential(userId)).toMatchObject({ passwordHash: 'old' });
    expect(await grants.ofUser(userId)).toHaveLength(1);
  });
});
