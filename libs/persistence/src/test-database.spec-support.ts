import { randomBytes, randomUUID } from 'node:crypto';
import type { AuthorizationCode, Grant } from '@tandem/protocol';
import { DataSource } from 'typeorm';
import type { Database } from './database.js';
import { migrate } from './migrate.js';
import { openDatabase } from './persistence.module.js';
import { ConsentStore } from './stores/consent-store.js';
import type { ConsentAnswer } from './stores/consent-store.js';
import { GrantStore } from './stores/grant-store.js';
import { UserStore } from './stores/user-store.js';

/** A database of a test's own on the server of TEST_DATABASE_URL, dropped at the end. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Another pool, as another process would have. */
  open(poolSize?: number): Promise<Database>;
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

async function onServer(work: (server: DataSource) => Promise<unknown>): Promise<URL> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined) throw new Error('TEST_DATABASE_URL names no PostgreSQL: run the tests by `npm test`');
  const server = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    await work(server);
  } finally {
    await server.destroy();
  }
  return new URL(url);
}

export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const server = await onServer((dataSource) => dataSource.query(`CREATE DATABASE ${name}`));
  server.pathname = name;
  const url = server.href;
  if (migrated) await migrate(url);
  const opened: Database[] = [];
  const open = async (poolSize = 10): Promise<Database> => {
    const database = await openDatabase({ url, poolSize });
    opened.push(database);
    return database;
  };
  const database = await open();
  return {
    url,
    database,
    open,
    sql: <Row>(text: string, values: readonly unknown[] = []) =>
      database.dataSource.query<Row[]>(text, values as unknown[]),
    close: async () => {
      for (const each of opened) if (each.dataSource.isInitialized) await each.dataSource.destroy();
      await onServer((dataSource) => dataSource.query(`DROP DATABASE ${name} WITH (FORCE)`));
    },
  };
}

export const aHash = (): Buffer => randomBytes(32);

export const aGrant = (changes: Partial<Grant> = {}): Grant => ({
  grantId: `gr_${randomUUID()}`,
  userId: 'usr_alice',
  clientId: 'web',
  sid: 'sid_1',
  scope: ['openid', 'offline_access'],
  audience: ['https://api.example/'],
  authTime: 1_700_000_000,
  acr: 'urn:tandem:acr:single-factor',
  amr: ['pwd'],
  ...changes,
});

export const keepAlice = (database: Database): Promise<string> =>
  new UserStore(database).keep({
    userId: 'usr_alice',
    email: 'alice@example.com',
    emailVerified: true,
    claims: { name: 'Alice' },
  });

/** Alice's answer to the client `web` in the session `sid_1`. */
export const answerConsent = (
  database: Database,
  entries: readonly string[],
  { decision = 'accepted', ...more }: Partial<ConsentAnswer> = {},
): Promise<void> =>
  new ConsentStore(database).answer(
    { interactionId: 'none', decision, sid: 'sid_1', userId: 'usr_alice', clientId: 'web', entries, ...more },
    { type: `consent.${decision}`, userId: 'usr_alice' },
  );

/** Keeps a grant with a code for it; returns the code's hash. */
export async function keepCode(
  database: Database,
  grant = aGrant(),
  more: Partial<AuthorizationCode> = {},
): Promise<Buffer> {
  const codeHash = aHash();
  const code = {
    grantId: grant.grantId,
    clientId: grant.clientId,
    redirectUri: 'https://rp.example/cb',
    redirectUriSent: true,
    ...more,
  };
  await new GrantStore(database).keep(grant, 3_600, { code: { code, codeHash, lifetimeSeconds: 60 } });
  return codeHash;
}

/** What goes with a code that is taken. */
export const preparedTokens = (): {
  refreshTokenHash: Buffer;
  refreshIdleSeconds: number;
  refreshAbsoluteSeconds: number;
  accessTokenHash: Buffer;
  accessTokenJti: string;
  accessTokenSeconds: number;
} => ({
  refreshTokenHash: aHash(),
  refreshIdleSeconds: 600,
  refreshAbsoluteSeconds: 3_600,
  accessTokenHash: aHash(),
  accessTokenJti: randomUUID(),
  accessTokenSeconds: 300,
});

/** Runs `work` for every number below `count`, `atOnce` of them at a time: the pools' queues are short on purpose. */
export async function inTurns(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
}
