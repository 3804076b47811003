import { AccessTokenStore } from './stores/access-token-store.js';
import { CodeStore } from './stores/code-store.js';
import { InteractionStore } from './stores/interaction-store.js';
import { RefreshTokenStore } from './stores/refresh-token-store.js';
import { SessionStore } from './stores/session-store.js';
import type { Database } from './database.js';
import {
  aGrant,
  aHash,
  createTestDatabase,
  keepAlice,
  keepCode,
  preparedTokens,
  type TestDatabase,
} from './test-database.spec-support.js';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const GROWING = ['users', 'sessions', 'interactions', 'consents', 'grants', 'authorization_codes', 'refresh_tokens'];

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Reads a table, or an index of it, from end to end. */
const readsAll = (node: PlanNode): boolean =>
  GROWING.includes(node['Relation Name'] ?? '') &&
  (node['Node Type'] === 'Seq Scan' || (node['Node Type'].startsWith('Index') && node['Index Cond'] === undefined));

/** Everything that issues and looks at tokens, so that its statements are prepared on the pool's only connection. */
async function useAll(database: Database): Promise<void> {
  const taken = aHash();
  await keepAlice(database);
  await keepCode(database);
  await new CodeStore(database).take(taken, 'web', preparedTokens());
  const { accessTokenHash, accessTokenJti, accessTokenSeconds } = preparedTokens();
  const access = { accessTokenHash, accessTokenJti, accessTokenSeconds };
  const successor = { tokenHash: aHash(), idleSeconds: 60, leewaySeconds: 60, ...access };
  await new RefreshTokenStore(database).rotate(taken, 'web', successor);
  const sessions = new SessionStore(database);
  await sessions.find(taken, 'web');
  await sessions.findAll([taken], 'web');
  const interactions = new InteractionStore(database);
  await interactions.find('none', taken);
  await interactions.findWithSignIn('none', taken, taken);
  await interactions.loggedIn('none', 'none', { type: 'login.succeeded' });
  const tokens = new AccessTokenStore(database);
  await tokens.findOpaque(taken);
  await tokens.family({ jti: 'j', grantId: aGrant().grantId, issuedAt: 1 });
}

/** Nodes of the prepared statements' plans, for any values, that read a growing table from end to end. */
async function wholeReads({ dataSource }: Database): Promise<readonly string[]> {
  type Explained = readonly [{ 'QUERY PLAN': readonly [{ Plan: PlanNode }] }];
  const statements = 'SELECT name, statement FROM pg_prepared_statements';
  const prepared = await dataSource.query<{ name: string; statement: string }[]>(statements);
  expect(prepared.length).toBeGreaterThan(8);
  const found: string[] = [];
  for (const { name, statement } of prepared) {
    const [explained] = await dataSource.query<Explained>(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${statement}`);
    for (const node of nodesOf(explained['QUERY PLAN'][0].Plan).filter(readsAll))
      found.push(`${name}: ${node['Node Type']} on ${node['Relation Name']}`);
  }
  return found;
}

// A prepared plan lives until the statistics change: made on the first day, it must hold when the tables have grown.
describe('the plans of the issuing path', () => {
  it('refuse to read a growing table from end to end, though there was hardly a row when they were made', async () => {
    const database = await test.open(1);
    await useAll(database);
    expect(await wholeReads(database)).toEqual([]);
    await database.dataSource.query(`ANALYZE ${GROWING.join(', ')}`);
    expect(await wholeReads(database)).toEqual([]);
  });
});
