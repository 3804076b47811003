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

let test: TestDatabase;
let codes: CodeStore;

beforeAll(async () => {
  test = await createTestDatabase();
  codes = new CodeStore(test.database);
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.sql('TRUNCATE users, grants, authorization_codes, refresh_tokens, access_tokens');
  await keepAlice(test.database);
});

const count = async (table: string): Promise<number> =>
  Number((await test.sql<{ count: string }>(`SELECT count(*) FROM ${table}`))[0]?.count);

describe('taking a code', () => {
  it('issues code, grant and user once, and tells every later attempt that it is a replay', async () => {
    const grant = aGrant({ claims: { userinfo: { name: null }, idToken: {} } });
    const codeHash = await keepCode(test.database, grant, { nonce: 'n', codeChallenge: 'c' });
    const taken = await codes.take(codeHash, 'web', preparedTokens());
    expect(taken).toEqual({
      outcome: 'taken',
      code: {
        grantId: grant.grantId,
        clientId: 'web',
        redirectUri: 'https://rp.example/cb',
        redirectUriSent: true,
        codeChallenge: 'c',
        nonce: 'n',
      },
      grant,
      user: expect.objectContaining({ userId: 'usr_alice', email: 'alice@example.com', emailVerified: true }),
    });
    for (let again = 0; again < 3; again += 1) {
      expect(await codes.take(codeHash, 'web', preparedTokens())).toEqual({
        outcome: 'replayed',
        grantId: grant.grantId,
      });
    }
    expect(await count('refresh_tokens')).toBe(1);
  });

  it('accepts a code without nonce and challenge, and leaves them out', async () => {
    const codeHash = await keepCode(test.database);
    const taken = await codes.take(codeHash, 'web', preparedTokens());
    expect(Object.keys(taken.outcome === 'taken' ? taken.code : {})).not.toContain('nonce');
  });

  it.each([
    [['openid', 'offline_access'], ['https://api.example/'], { refresh: 1, opaque: 0 }],
    [['openid'], ['https://api.example/'], { refresh: 0, opaque: 0 }],
    [['openid', 'offline_access'], [], { refresh: 1, opaque: 1 }],
    [['openid'], [], { refresh: 0, opaque: 1 }],
  ])('issues for scope %j and audience %j the tokens %j', async (scope, audience, expected) => {
    const codeHash = await keepCode(test.database, aGrant({ scope, audience }));
    await codes.take(codeHash, 'web', preparedTokens());
    expect({ refresh: await count('refresh_tokens'), opaque: await count('access_tokens') }).toEqual(expected);
  });

  it('refuses another client and burns nothing', async () => {
    const codeHash = await keepCode(test.database);
    expect(await codes.take(codeHash, 'other', preparedTokens())).toEqual({ outcome: 'unknown' });
    expect((await codes.take(codeHash, 'web', preparedTokens())).outcome).toBe('taken');
    expect(await codes.take(codeHash, 'other', preparedTokens())).toEqual({ outcome: 'unknown' });
  });

  it('refuses an unknown code and an expired one', async () => {
    expect(await codes.take(aHash(), 'web', preparedTokens())).toEqual({ outcome: 'unknown' });
    const codeHash = await keepCode(test.database);
    await test.sql(`UPDATE authorization_codes SET expires_at = clock_timestamp() - interval '1 millisecond'`);
    expect(await codes.take(codeHash, 'web', preparedTokens())).toEqual({ outcome: 'unknown' });
  });

  it('refuses a code of a revoked grant and one of a disabled user, and issues nothing', async () => {
    const grant = aGrant();
    const revoked = await keepCode(test.database, grant);
    await new GrantStore(test.database).revoke(grant.grantId, 'operator');
    expect(await codes.take(revoked, 'web', preparedTokens())).toEqual({ outcome: 'unknown' });
    const disabled = await keepCode(test.database);
    await test.sql('UPDATE users SET disabled_at = clock_timestamp()');
    expect(await codes.take(disabled, 'web', preparedTokens())).toEqual({ outcome: 'unknown' });
    expect(await count('refresh_tokens')).toBe(0);
  });

  it('issues each of 1000 codes once to 4 contenders in two processes', async () => {
    const other = new CodeStore(await test.open());
    const winners: number[] = [];
    const others = new Set<string>();
    await inTurns(1_000, 8, async () => {
      const codeHash = await keepCode(test.database);
      const outcomes = await Promise.all(
        [codes, other, codes, other].map(
          async (store) => (await store.take(codeHash, 'web', preparedTokens())).outcome,
        ),
      );
      winners.push(outcomes.filter((outcome) => outcome === 'taken').length);
      for (const outcome of outcomes) if (outcome !== 'taken') others.add(outcome);
    });
    expect(winners.filter((won) => won !== 1)).toEqual([]);
    expect([...others]).toEqual(['replayed']);
    expect(await count('refresh_tokens')).toBe(1_000);
  }, 60_000);
});
