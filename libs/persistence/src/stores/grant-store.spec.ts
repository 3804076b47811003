import type { AnyDomainEvent, GrantEvent } from '@tandem/contracts';
import {
  aGrant,
  aHash,
  answerConsent,
  createTestDatabase,
  keepAlice,
  keepCode,
  preparedTokens,
  type TestDatabase,
} from '../test-database.spec-support.js';
import { AccessTokenStore } from './access-token-store.js';
import { CodeStore } from './code-store.js';
import { GrantStore } from './grant-store.js';

let test: TestDatabase;
let grants: GrantStore;

beforeAll(async () => {
  test = await createTestDatabase();
  grants = new GrantStore(test.database);
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.sql(
    'TRUNCATE users, grants, authorization_codes, refresh_tokens, access_tokens, revocations, outbox, grant_outbox, consents',
  );
  await keepAlice(test.database);
});

const events = async (): Promise<readonly AnyDomainEvent[]> =>
  (await test.sql<{ event: AnyDomainEvent }>('SELECT event FROM outbox ORDER BY sequence')).map(({ event }) => event);
const dead = (): Promise<readonly { kind: string; id: string; scope: string[] | null }[]> =>
  test.sql('SELECT kind, id, scope FROM revocations ORDER BY kind, id');
const now = (): number => Math.floor(Date.now() / 1_000);

describe('keeping a grant', () => {
  it('shows the same grant again', async () => {
    const grant = aGrant({ claims: { userinfo: {}, idToken: { email: { essential: true } } } });
    await grants.keep(grant, 3_600, {});
    expect(await grants.find(grant.grantId)).toEqual(grant);
    expect(await grants.find('gr_other')).toBeUndefined();
  });

  it('accepts new contents of a grant that is there, and never shortens its life', async () => {
    const grant = aGrant();
    await grants.keep(grant, 3_600, {});
    const before = await test.sql('SELECT expires_at FROM grants');
    const merged = { ...grant, scope: ['openid', 'profile'], audience: [], sid: 'sid_2', authTime: 1_700_000_100 };
    await grants.keep(merged, 60, {});
    expect(await grants.find(grant.grantId)).toEqual(merged);
    expect(await test.sql('SELECT expires_at FROM grants')).toEqual(before);
  });

  it('issues code and opaque token with it or nothing at all', async () => {
    const grant = aGrant();
    const codeHash = await keepCode(test.database, grant);
    const again = {
      code: { grantId: grant.grantId, clientId: 'web', redirectUri: 'x', redirectUriSent: true },
      codeHash,
      lifetimeSeconds: 60,
    };
    const other = aGrant();
    await expect(
      grants.keep(other, 60, { code: again, opaque: { tokenHash: aHash(), jti: 'j', lifetimeSeconds: 60 } }),
    ).rejects.toThrow('duplicate key');
    expect(await grants.find(other.grantId)).toBeUndefined();
    expect(await test.sql('SELECT FROM access_tokens')).toEqual([]);
  });
});

describe('telling a grant', () => {
  const told = (): Promise<readonly { event: GrantEvent }[]> => test.sql('SELECT event FROM grant_outbox');

  it('issues it with its event, or neither', async () => {
    const grant = aGrant();
    await grants.keep(grant, 3_600, {});
    const { grantId, userId, clientId, sid, scope, audience } = grant;
    expect(await told()).toEqual([
      {
        event: {
          ...{ type: 'grant.issued', at: expect.any(Number), grantId, userId, clientId, sid, scope, audience },
          ...{ expiresAt: expect.closeTo(now() + 3_600, -1), version: 1 },
        },
      },
    ]);
    expect(await events()).toEqual([]);
    await test.sql('ALTER TABLE grant_outbox RENAME TO grant_outbox_away');
    const other = aGrant();
    await expect(grants.keep(other, 3_600, {})).rejects.toThrow('grant_outbox');
    await test.sql('ALTER TABLE grant_outbox_away RENAME TO grant_outbox');
    expect(await grants.find(other.grantId)).toBeUndefined();
  });

  it('tells a grant that gained as changed, with nothing withdrawn', async () => {
    const grant = aGrant({ scope: ['openid'] });
    await grants.keep(grant, 3_600, {});
    const merged = { ...grant, scope: ['openid', 'read'], audience: ['https://a.example/', 'https://b.example/'] };
    expect(await grants.change(merged, 3_600, {})).toBe(true);
    const { scope, audience, sid } = merged;
    const contents = { scope, audience, sid, expiresAt: expect.any(Number) };
    expect(await events()).toMatchObject([
      { type: 'grant.changed', grantId: grant.grantId, ...contents, withdrawnScope: [], exp: 0, version: 2 },
    ]);
    expect(await told()).toHaveLength(1);
    expect(await dead()).toEqual([]);
  });

  it('revokes what a replaced grant lost', async () => {
    const grant = aGrant({ scope: ['openid', 'write'] });
    await grants.keep(grant, 3_600, {});
    expect(await grants.change({ ...grant, scope: ['openid', 'read'] }, 3_600, {})).toBe(true);
    expect(await dead()).toEqual([{ kind: 'grant-scope', id: grant.grantId, scope: ['write'] }]);
    expect(await events()).toMatchObject([
      { type: 'grant.changed', scope: ['openid'], withdrawnScope: ['write'], version: 2 },
      { type: 'grant.changed', scope: ['openid', 'read'], withdrawnScope: [], version: 3 },
    ]);
  });

  it('refuses to change a grant that has ended, and issues nothing with it', async () => {
    const grant = aGrant();
    await grants.keep(grant, 3_600, {});
    await grants.revoke(grant.grantId, 'operator');
    const opaque = { tokenHash: aHash(), jti: 'j', lifetimeSeconds: 60 };
    expect(await grants.change(grant, 3_600, { opaque })).toBe(false);
    expect(await test.sql('SELECT FROM access_tokens')).toEqual([]);
  });

  it('refuses a change whose event no stream would take, and leaves the grant as it is', async () => {
    const grant = aGrant({ scope: ['openid'] });
    await grants.keep(grant, 3_600, {});
    const vast = { ...grant, scope: Array.from({ length: 900 }, (_, index) => `scope:${index}`) };
    await expect(grants.change(vast, 3_600, {})).rejects.toThrow('too large');
    expect(await grants.find(grant.grantId)).toEqual(grant);
    expect(await events()).toEqual([]);
  });
});

describe('revoking a grant', () => {
  it('tells the revocation and its event once', async () => {
    const grant = aGrant();
    await grants.keep(grant, 3_600, {});
    expect(await grants.revoke(grant.grantId, 'code_replayed')).toBe(true);
    expect(await grants.revoke(grant.grantId, 'operator')).toBe(false);
    expect(await grants.find(grant.grantId)).toBeUndefined();
    const { grantId } = grant;
    expect(await dead()).toEqual([{ kind: 'grant', id: grantId, scope: null }]);
    expect(await events()).toEqual([
      {
        type: 'grant.revoked',
        id: expect.any(String),
        at: expect.any(Number),
        grantId,
        userId: 'usr_alice',
        clientId: 'web',
        reason: 'code_replayed',
        exp: expect.any(Number),
      },
    ]);
    // No access token of the grant can outlive what listeners remember.
    expect((await events())[0]).toMatchObject({ exp: expect.closeTo(now() + 86_400, -1) });
  });

  it('revokes nothing when the event can not be written', async () => {
    const grant = aGrant();
    await grants.keep(grant, 3_600, {});
    await test.sql('ALTER TABLE outbox RENAME TO outbox_away');
    await expect(grants.revoke(grant.grantId, 'operator')).rejects.toThrow('outbox');
    await test.sql('ALTER TABLE outbox_away RENAME TO outbox');
    expect(await grants.find(grant.grantId)).toEqual(grant);
    expect(await dead()).toEqual([]);
  });

  it('tells one event to many revokers at once', async () => {
    const grant = aGrant();
    await grants.keep(grant, 3_600, {});
    const done = await Promise.all(Array.from({ length: 20 }, () => grants.revoke(grant.grantId, 'operator')));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  it('revokes the tokens of the grant', async () => {
    const grant = aGrant({ audience: [] });
    const prepared = preparedTokens();
    await new CodeStore(test.database).take(await keepCode(test.database, grant), 'web', prepared);
    const accessTokens = new AccessTokenStore(test.database);
    const reference = { jti: 'j', grantId: grant.grantId, issuedAt: now() };
    expect(await accessTokens.family(reference)).toBeDefined();
    expect(await accessTokens.findOpaque(prepared.accessTokenHash)).toBeDefined();
    await grants.revoke(grant.grantId, 'operator');
    expect(await accessTokens.family(reference)).toBeUndefined();
    expect(await accessTokens.findOpaque(prepared.accessTokenHash)).toBeUndefined();
  });
});

describe('withdrawing scopes', () => {
  it('revokes them in grant and consent, leaves the order, and tells what is left', async () => {
    const grant = aGrant({ scope: ['openid', 'write', 'profile', 'read'] });
    await grants.keep(grant, 3_600, {});
    await answerConsent(test.database, [
      'openid',
      'profile',
      'https://api.example/ write',
      'https://api.example/ read',
    ]);
    expect(await grants.withdrawScope(grant.grantId, ['write', 'absent'])).toEqual(['openid', 'profile', 'read']);
    expect((await grants.find(grant.grantId))?.scope).toEqual(['openid', 'profile', 'read']);
    expect(await test.sql('SELECT array(SELECT unnest(scope) ORDER BY 1) AS scope FROM consents')).toEqual([
      { scope: ['https://api.example/ read', 'openid', 'profile'] },
    ]);
    expect(await dead()).toEqual([
      { kind: 'grant-scope', id: grant.grantId, scope: expect.arrayContaining(['write']) },
    ]);
    expect(await events()).toMatchObject([{ type: 'grant.changed', scope: ['openid', 'profile', 'read'] }]);
  });

  it('shows every scope that was ever withdrawn', async () => {
    const grant = aGrant({ scope: ['openid', 'a', 'b'] });
    await grants.keep(grant, 3_600, {});
    await grants.withdrawScope(grant.grantId, ['a']);
    await grants.withdrawScope(grant.grantId, ['b']);
    expect((await dead())[0]?.scope?.toSorted()).toEqual(['a', 'b']);
  });

  it('tells nothing when there was nothing to take, or the grant is dead', async () => {
    const grant = aGrant();
    await grants.keep(grant, 3_600, {});
    expect(await grants.withdrawScope(grant.grantId, ['absent'])).toBeUndefined();
    await grants.revoke(grant.grantId, 'operator');
    expect(await grants.withdrawScope(grant.grantId, ['openid'])).toBeUndefined();
    expect((await events()).map(({ type }) => type)).toEqual(['grant.revoked']);
  });
});

describe('the grants of a user', () => {
  it('shows the living ones, newest first', async () => {
    const [first, second, gone] = [aGrant(), aGrant({ clientId: 'other' }), aGrant()];
    for (const grant of [first, second, gone]) await grants.keep(grant, 3_600, {});
    await grants.keep(aGrant({ userId: 'usr_bob' }), 3_600, {});
    await grants.revoke(gone.grantId, 'operator');
    const shown = await grants.ofUser('usr_alice');
    expect(shown.map(({ grantId }) => grantId)).toEqual([second.grantId, first.grantId]);
    expect(shown[0]?.createdAt).toBeCloseTo(now(), -1);
  });

  it('revokes every grant of an application that is disconnected, and forgets the consent', async () => {
    const mine = [aGrant(), aGrant()];
    const kept = [aGrant({ clientId: 'other' }), aGrant({ userId: 'usr_bob' })];
    for (const grant of [...mine, ...kept]) await grants.keep(grant, 3_600, {});
    for (const clientId of ['web', 'other']) await answerConsent(test.database, ['openid'], { clientId });
    expect(await grants.disconnect('usr_alice', 'web')).toBe(2);
    for (const { grantId } of mine) expect(await grants.find(grantId)).toBeUndefined();
    for (const { grantId } of kept) expect(await grants.find(grantId)).toBeDefined();
    expect(await test.sql('SELECT client_id FROM consents')).toEqual([{ client_id: 'other' }]);
    expect((await events()).map(({ type }) => type)).toEqual(['grant.revoked', 'grant.revoked']);
  });

  it('revokes the oldest beyond a limit, of those with offline access', async () => {
    const kept = [aGrant(), aGrant(), aGrant(), aGrant({ scope: ['openid'] })];
    for (const grant of kept) await grants.keep(grant, 3_600, {});
    await grants.keepNewest('usr_alice', 'web', 2);
    const alive = await Promise.all(kept.map(async ({ grantId }) => (await grants.find(grantId)) !== undefined));
    expect(alive).toEqual([false, true, true, true]);
  });
});

it('accepts consent in any number of steps as their union', async () => {
  await Promise.all(['a', 'b', 'a c'].map((scope) => answerConsent(test.database, scope.split(' '))));
  expect(await test.sql('SELECT array(SELECT unnest(scope) ORDER BY 1) AS scope FROM consents')).toEqual([
    { scope: ['a', 'b', 'c'] },
  ]);
});
