import { randomUUID } from 'node:crypto';
import type { Grant } from '@tandem/protocol';
import {
  aGrant,
  aHash,
  createTestDatabase,
  inTurns,
  keepAlice,
  keepCode,
  preparedTokens,
  type TestDatabase,
} from '../test-database.spec-support.js';
import { CodeStore } from './code-store.js';
import { GrantStore } from './grant-store.js';
import { RefreshTokenStore, type Rotation, type Successor } from './refresh-token-store.js';

let test: TestDatabase;
let tokens: RefreshTokenStore;
let grants: GrantStore;

beforeAll(async () => {
  test = await createTestDatabase();
  tokens = new RefreshTokenStore(test.database);
  grants = new GrantStore(test.database);
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.sql('TRUNCATE users, grants, authorization_codes, refresh_tokens, access_tokens, revocations, outbox');
  await keepAlice(test.database);
});

/** A refresh token of a new grant; returns its hash. */
async function keepToken(grant: Grant = aGrant()): Promise<Buffer> {
  const codeHash = await keepCode(test.database, grant);
  const prepared = preparedTokens();
  await new CodeStore(test.database).take(codeHash, grant.clientId, prepared);
  return prepared.refreshTokenHash;
}

const aSuccessor = (changes: Partial<Successor> = {}): Successor => ({
  tokenHash: aHash(),
  idleSeconds: 600,
  leewaySeconds: 0,
  accessTokenHash: aHash(),
  accessTokenJti: randomUUID(),
  accessTokenSeconds: 300,
  ...changes,
});
const outcomeOf = async (rotation: Promise<Rotation>): Promise<string> => (await rotation).outcome;
const liveTokens = (): Promise<readonly { generation: number }[]> =>
  test.sql('SELECT generation FROM refresh_tokens WHERE consumed_at IS NULL');

describe('rotating a refresh token', () => {
  it('issues a successor with the grant and its user', async () => {
    const grant = aGrant();
    const first = await keepToken(grant);
    const second = aSuccessor();
    expect(await tokens.rotate(first, 'web', second)).toEqual({
      outcome: 'rotated',
      grant,
      user: expect.objectContaining({ userId: 'usr_alice' }),
    });
    expect(await outcomeOf(tokens.rotate(second.tokenHash, 'web', aSuccessor()))).toBe('rotated');
    expect(await liveTokens()).toEqual([{ generation: 3 }]);
  });

  it('issues an opaque access token with it where the grant names no API', async () => {
    await tokens.rotate(await keepToken(), 'web', aSuccessor());
    const opaque = aSuccessor();
    await tokens.rotate(await keepToken(aGrant({ audience: [] })), 'web', opaque);
    const kept = await test.sql<{ jti: string }>('SELECT jti FROM access_tokens');
    expect(kept.map(({ jti }) => jti)).toContain(opaque.accessTokenJti);
    expect(kept).toHaveLength(2);
  });

  it('issues the opaque access token for the scope that is asked, in the order of the grant', async () => {
    const scopeOf = async (opaque: Successor): Promise<unknown> =>
      (await test.sql('SELECT scope FROM access_tokens WHERE jti = $1', [opaque.accessTokenJti]))[0];
    const first = await keepToken(aGrant({ scope: ['openid', 'offline_access', 'email'], audience: [] }));
    const narrow = aSuccessor({ scope: ['email', 'openid', 'admin'], leewaySeconds: 60 });
    const narrower = { ...aSuccessor({ scope: [], leewaySeconds: 60 }), tokenHash: narrow.tokenHash };
    expect(await outcomeOf(tokens.rotate(first, 'web', narrow))).toBe('rotated');
    expect(await outcomeOf(tokens.rotate(first, 'web', narrower))).toBe('retried');
    expect(await scopeOf(narrow)).toEqual({ scope: ['openid', 'email'] });
    expect(await scopeOf(narrower)).toEqual({ scope: [] });
  });

  it('refuses another client and leaves the token alive', async () => {
    const token = await keepToken();
    expect(await outcomeOf(tokens.rotate(token, 'other', aSuccessor()))).toBe('unknown');
    expect(await outcomeOf(tokens.rotate(token, 'web', aSuccessor()))).toBe('rotated');
    expect(await outcomeOf(tokens.rotate(token, 'other', aSuccessor()))).toBe('unknown');
  });

  it.each(['idle_expires_at', 'expires_at'])('refuses a token past its %s', async (column) => {
    const token = await keepToken();
    await test.sql(`UPDATE refresh_tokens SET ${column} = clock_timestamp() - interval '1 millisecond'`);
    expect(await outcomeOf(tokens.rotate(token, 'web', aSuccessor()))).toBe('unknown');
  });

  it('shows the absolute expiry of the first token whatever the rotations', async () => {
    const token = await keepToken();
    await tokens.rotate(token, 'web', aSuccessor({ idleSeconds: 86_400 }));
    const rows = await test.sql<{ expires_at: Date }>('SELECT expires_at FROM refresh_tokens ORDER BY generation');
    expect(rows[1]?.expires_at).toEqual(rows[0]?.expires_at);
  });

  it('refuses an unknown token, one of a revoked grant and one of a disabled user as unknown', async () => {
    expect(await outcomeOf(tokens.rotate(aHash(), 'web', aSuccessor()))).toBe('unknown');
    const grant = aGrant();
    const revoked = await keepToken(grant);
    await grants.revoke(grant.grantId, 'operator');
    expect(await outcomeOf(tokens.rotate(revoked, 'web', aSuccessor()))).toBe('unknown');
    const disabled = await keepToken();
    await test.sql('UPDATE users SET disabled_at = clock_timestamp()');
    expect(await outcomeOf(tokens.rotate(disabled, 'web', aSuccessor()))).toBe('unknown');
  });
});

describe('presenting a rotated token again', () => {
  it('tells a reuse without leeway', async () => {
    const grant = aGrant();
    const token = await keepToken(grant);
    await tokens.rotate(token, 'web', aSuccessor());
    expect(await tokens.rotate(token, 'web', aSuccessor())).toEqual({ outcome: 'reused', grantId: grant.grantId });
  });

  it('issues the same successor within the leeway while it is unused', async () => {
    const token = await keepToken();
    const successor = aSuccessor({ leewaySeconds: 60 });
    await tokens.rotate(token, 'web', successor);
    expect(await outcomeOf(tokens.rotate(token, 'web', successor))).toBe('retried');
    expect(await outcomeOf(tokens.rotate(token, 'web', successor))).toBe('retried');
    expect(await outcomeOf(tokens.rotate(token, 'other', successor))).toBe('unknown');
    expect(await liveTokens()).toEqual([{ generation: 2 }]);
  });

  it('tells a reuse once the successor was used', async () => {
    const token = await keepToken();
    const successor = aSuccessor({ leewaySeconds: 60 });
    await tokens.rotate(token, 'web', successor);
    await tokens.rotate(successor.tokenHash, 'web', aSuccessor());
    expect(await outcomeOf(tokens.rotate(token, 'web', successor))).toBe('reused');
  });

  it('tells a reuse once the leeway is over', async () => {
    const token = await keepToken();
    const successor = aSuccessor({ leewaySeconds: 60 });
    await tokens.rotate(token, 'web', successor);
    await test.sql(
      `UPDATE refresh_tokens SET consumed_at = consumed_at - interval '61 seconds' WHERE consumed_at IS NOT NULL`,
    );
    expect(await outcomeOf(tokens.rotate(token, 'web', successor))).toBe('reused');
  });

  it('tells whose token it was, alive or not', async () => {
    const grant = aGrant();
    const token = await keepToken(grant);
    expect(await tokens.owner(token)).toEqual({ grantId: grant.grantId, clientId: 'web', isUsed: false });
    await tokens.rotate(token, 'web', aSuccessor());
    expect(await tokens.owner(token)).toEqual({ grantId: grant.grantId, clientId: 'web', isUsed: true });
    expect(await tokens.owner(aHash())).toBeUndefined();
  });
});

describe('1000 races of 4 contenders in two processes', () => {
  async function race(leewaySeconds: number): Promise<readonly string[]> {
    const other = new RefreshTokenStore(await test.open());
    const otherGrants = new GrantStore(await test.open());
    const seen: string[] = [];
    await inTurns(1_000, 8, async () => {
      const grant = aGrant();
      const token = await keepToken(grant);
      const successor = aSuccessor({ leewaySeconds });
      const outcomes = await Promise.all(
        [tokens, other, tokens, other].map(async (store) => {
          // Each contender has its own opaque access token, as each request has.
          const { outcome } = await store.rotate(token, 'web', {
            ...aSuccessor(),
            tokenHash: successor.tokenHash,
            leewaySeconds,
          });
          if (outcome === 'reused') await otherGrants.revoke(grant.grantId, 'refresh_reused');
          return outcome;
        }),
      );
      seen.push(outcomes.toSorted().join(' '));
    });
    return [...new Set(seen)];
  }
  const revoked = async (): Promise<number> =>
    (await test.sql('SELECT FROM grants WHERE revoked_at IS NOT NULL')).length;
  const told = async (): Promise<number> =>
    (await test.sql(`SELECT FROM outbox WHERE event->>'type' = 'grant.revoked'`)).length;

  it('issues one successor without leeway, and revokes and tells every family once', async () => {
    expect(await race(0)).toEqual(['reused reused reused rotated']);
    expect({ revoked: await revoked(), told: await told() }).toEqual({ revoked: 1_000, told: 1_000 });
  }, 60_000);

  it('issues all the same successor within the leeway, one live token per family, none revoked', async () => {
    expect(await race(60)).toEqual(['retried retried retried rotated']);
    expect(await liveTokens()).toHaveLength(1_000);
    expect({ revoked: await revoked(), told: await told() }).toEqual({ revoked: 0, told: 0 });
  }, 60_000);
});
