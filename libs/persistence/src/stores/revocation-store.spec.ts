import type { RevocationEntry } from '@tandem/contracts';
import {
  aGrant,
  aHash,
  createTestDatabase,
  keepAlice,
  keepCode,
  preparedTokens,
  type TestDatabase,
} from '../test-database.spec-support.js';
import { AccessTokenStore } from './access-token-store.js';
import { ClientStore } from './client-store.js';
import { CodeStore } from './code-store.js';
import { GrantStore } from './grant-store.js';
import { RevocationStore } from './revocation-store.js';
import { SessionStore } from './session-store.js';
import { UserStore } from './user-store.js';

let test: TestDatabase;
let revocations: RevocationStore;
let accessTokens: AccessTokenStore;

beforeAll(async () => {
  test = await createTestDatabase();
  revocations = new RevocationStore(test.database);
  accessTokens = new AccessTokenStore(test.database);
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.sql(
    'TRUNCATE users, grants, clients, sessions, authorization_codes, refresh_tokens, access_tokens, revocations, outbox',
  );
  await keepAlice(test.database);
});

const now = (): number => Math.floor(Date.now() / 1_000);

describe('the revocation snapshot', () => {
  async function read(limit: number): Promise<readonly RevocationEntry[]> {
    const entries: RevocationEntry[] = [];
    let after: string | undefined;
    do {
      const page = await revocations.page(after, limit);
      expect(page.entries.length).toBeLessThanOrEqual(limit);
      expect(Math.abs(page.at - now())).toBeLessThanOrEqual(2);
      entries.push(...page.entries);
      after = page.next;
    } while (after !== undefined);
    return entries;
  }

  it('shows an empty list with the time of the database', async () => {
    expect(await read(10)).toEqual([]);
  });

  it.each([1, 2, 7, 100])('shows everything that is dead in pages of %s', async (limit) => {
    const [revoked, narrowed] = [aGrant(), aGrant({ scope: ['openid', 'read'] })];
    const grants = new GrantStore(test.database);
    for (const grant of [revoked, narrowed]) await grants.keep(grant, 60, {});
    await grants.revoke(revoked.grantId, 'operator');
    await grants.withdrawScope(narrowed.grantId, ['read']);
    await revocations.revokeToken('at_1:2', now() + 300, now());
    await new SessionStore(test.database).start(
      { sid: 's', userId: 'usr_alice', authTime: 1, acr: 'a', amr: [] },
      aHash(),
      60,
    );
    await new SessionStore(test.database).end('s');
    await new ClientStore(test.database).keep({ clientId: 'https://client.example/' } as never);
    await new ClientStore(test.database).disable('https://client.example/', now());
    await new UserStore(test.database).disable('usr_alice', now());
    const shown = await read(limit);
    expect(shown.map(({ kind, id }) => [kind, id])).toEqual([
      ['client', 'https://client.example/'],
      // A disabled user's grants end with them.
      ...[revoked.grantId, narrowed.grantId].sort().map((grantId) => ['grant', grantId]),
      ['grant-scope', narrowed.grantId],
      ['jti', 'at_1:2'],
      ['session', 's'],
      ['user', 'usr_alice'],
    ]);
    expect(shown.find(({ kind }) => kind === 'grant-scope')).toMatchObject({
      scope: ['read'],
      notBefore: expect.any(Number),
    });
    expect(shown.find(({ kind }) => kind === 'grant')).not.toHaveProperty('notBefore');
  });

  it('shows nothing that is forgotten', async () => {
    await revocations.revokeToken('at_1', now() + 300, now());
    await test.sql('UPDATE revocations SET until = clock_timestamp()');
    expect(await read(10)).toEqual([]);
  });

  it('accepts a cursor that nobody gave out as the beginning', async () => {
    await revocations.revokeToken('at_1', now() + 300, now());
    expect((await revocations.page('nonsense', 10)).entries).toHaveLength(1);
  });
});

describe('a token', () => {
  it('refuses it after it was revoked, tells it, and remembers it past its expiry', async () => {
    const grant = aGrant();
    await new GrantStore(test.database).keep(grant, 60, {});
    const reference = { jti: 'at_1', grantId: grant.grantId, sid: grant.sid, issuedAt: now() };
    expect(await accessTokens.family(reference)).toEqual({
      grant,
      user: expect.objectContaining({ userId: 'usr_alice' }),
    });
    await revocations.revokeToken('at_1', now() + 300, now());
    expect(await accessTokens.family(reference)).toBeUndefined();
    expect(await accessTokens.family({ ...reference, jti: 'at_2' })).toBeDefined();
    const [entry] = (await revocations.page(undefined, 1)).entries;
    expect(entry?.until).toBeGreaterThanOrEqual(now() + 300);
    expect(await test.sql(`SELECT event->>'jti' AS jti FROM outbox`)).toEqual([{ jti: 'at_1' }]);
  });

  it('tells nothing of one that has expired', async () => {
    await revocations.revokeToken('at_1', now(), now());
    expect(await test.sql('SELECT FROM outbox')).toEqual([]);
  });

  it('refuses it when its session has ended, and accepts one that names none', async () => {
    const grant = aGrant();
    await new GrantStore(test.database).keep(grant, 60, {});
    const sessions = new SessionStore(test.database);
    await sessions.start({ sid: grant.sid, userId: 'usr_alice', authTime: 1, acr: 'a', amr: [] }, aHash(), 60);
    await sessions.end(grant.sid);
    const reference = { jti: 'at_1', grantId: grant.grantId, issuedAt: now() };
    expect(await accessTokens.family({ ...reference, sid: grant.sid })).toBeUndefined();
    expect(await accessTokens.family(reference)).toBeDefined();
  });

  it.each(['user', 'client'] as const)(
    'refuses it when its %s was disabled after it was issued, for good',
    async (kind) => {
      const grant = aGrant();
      await new GrantStore(test.database).keep(grant, 60, {});
      await new ClientStore(test.database).keep({ clientId: 'web' } as never);
      if (kind === 'user') await new UserStore(test.database).disable('usr_alice', now());
      else await new ClientStore(test.database).disable('web', now());
      await test.sql('UPDATE users SET disabled_at = NULL');
      const alive = async (grantId: string, issuedAt: number): Promise<boolean> =>
        (await accessTokens.family({ jti: 'at_1', grantId, issuedAt })) !== undefined;
      expect(await alive(grant.grantId, now() - 10)).toBe(false);
      // What is granted and issued after they came back is another matter.
      const later = aGrant();
      await new GrantStore(test.database).keep(later, 60, {});
      expect(await alive(later.grantId, now() + 10)).toBe(true);
    },
  );

  it('refuses that of a client itself when it was revoked, or the client disabled after it was issued', async () => {
    expect(await accessTokens.isClientTokenAlive('at_1', 'web', now())).toBe(true);
    await revocations.revokeToken('at_1', now() + 300, now());
    expect(await accessTokens.isClientTokenAlive('at_1', 'web', now())).toBe(false);
    await new ClientStore(test.database).keep({ clientId: 'web' } as never);
    await new ClientStore(test.database).disable('web', now());
    expect(await accessTokens.isClientTokenAlive('at_2', 'web', now() - 10)).toBe(false);
    expect(await accessTokens.isClientTokenAlive('at_2', 'other', now() - 10)).toBe(true);
  });
});

describe('an opaque token', () => {
  async function issue(): Promise<Buffer> {
    const prepared = preparedTokens();
    const grant = aGrant({ audience: [], scope: ['openid', 'email'] });
    await new CodeStore(test.database).take(await keepCode(test.database, grant), 'web', prepared);
    return prepared.accessTokenHash;
  }

  it('shows its grant, user, scope and times', async () => {
    const tokenHash = await issue();
    const found = await accessTokens.findOpaque(tokenHash);
    expect(found).toMatchObject({
      scope: ['openid', 'email'],
      grant: { clientId: 'web' },
      user: { userId: 'usr_alice' },
    });
    expect((found?.expiresAt ?? 0) - (found?.issuedAt ?? 0)).toBe(300);
    expect(await accessTokens.ownerOfOpaque(tokenHash)).toEqual({ clientId: 'web' });
    expect(await accessTokens.ownerOfOpaque(aHash())).toBeUndefined();
  });

  it('refuses it after it was revoked, has expired, or its user was disabled', async () => {
    const [revoked, expired, disabled] = [await issue(), await issue(), await issue()];
    await accessTokens.revokeOpaque(revoked);
    expect(await accessTokens.findOpaque(revoked)).toBeUndefined();
    await test.sql('UPDATE access_tokens SET expires_at = clock_timestamp() WHERE token_hash = $1', [expired]);
    expect(await accessTokens.findOpaque(expired)).toBeUndefined();
    expect(await accessTokens.findOpaque(disabled)).toBeDefined();
    await new UserStore(test.database).disable('usr_alice', now());
    expect(await accessTokens.findOpaque(disabled)).toBeUndefined();
    await test.sql('UPDATE users SET disabled_at = NULL');
    expect(await accessTokens.findOpaque(disabled)).toBeUndefined();
  });
});
