import type { Client } from '@tandem/protocol';
import { aHash, createTestDatabase, type TestDatabase } from '../test-database.spec-support.js';
import { ApiStore } from './api-store.js';
import { ClientStore } from './client-store.js';
import { SecretStore, SigningKeyStore, type SealedSigningKey } from './key-stores.js';
import { emailKey, UserStore } from './user-store.js';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());
beforeEach(() => test.sql('TRUNCATE users, clients, apis, signing_keys, secrets, outbox, revocations'));

const types = async (): Promise<readonly string[]> =>
  (await test.sql<{ type: string }>(`SELECT event->>'type' AS type FROM outbox ORDER BY sequence`)).map(
    ({ type }) => type,
  );

describe('users', () => {
  const alice = {
    email: 'Alice@Example.com',
    emailVerified: true,
    claims: { name: 'Alice', address: { country: 'W', locality: 'x' } },
  };

  it('accepts any spelling of an address for the one account, and keeps its id and password', async () => {
    const users = new UserStore(test.database);
    const userId = await users.keep(alice, 'hash');
    expect(await users.keep({ ...alice, email: 'alice@example.com', claims: { name: 'A.' } })).toBe(userId);
    expect(await users.findByEmail('  ALICE@example.com ')).toEqual({
      user: expect.objectContaining({ userId, email: 'alice@example.com', claims: { name: 'A.' } }),
      passwordHash: 'hash',
    });
    await users.keep(alice, 'new hash');
    expect((await users.findByEmail(alice.email))?.passwordHash).toBe('new hash');
  });

  it('shows one key for compatibility characters and case', () => {
    expect(emailKey('ＡLICE@example.com')).toBe(emailKey('alice@example.com'));
  });

  it('accepts one account when two processes add it at once', async () => {
    const stores = [new UserStore(test.database), new UserStore(await test.open())];
    const ids = await Promise.all(Array.from({ length: 10 }, (_, n) => (stores[n % 2] as UserStore).keep(alice)));
    expect(new Set(ids).size).toBe(1);
  });

  it('tells whether an entry of the file was applied, whatever its user changed since then', async () => {
    const users = new UserStore(test.database);
    const hash = aHash();
    expect(await users.isApplied(hash)).toBe(false);
    const userId = await users.keep(alice, undefined, hash);
    await users.changeEmail(userId, 'moved@example.com');
    await users.changeClaims(userId, { name: 'A.' }, []);
    expect(await users.isApplied(hash)).toBe(true);
    expect(await users.isApplied(aHash())).toBe(false);
    await users.keep({ ...alice, email: 'moved@example.com' });
    expect(await users.isApplied(hash)).toBe(true);
  });

  it('adds one account of 20 sign-ups for one address at once, in two processes', async () => {
    const stores = [new UserStore(test.database), new UserStore(await test.open())];
    const added = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (stores[n % 2] as UserStore).add(n % 3 === 0 ? 'NEW@example.com' : 'new@example.com', { name: `${n}` }, `${n}`),
      ),
    );
    const [winner, ...others] = added.flatMap((userId, n) => (userId === undefined ? [] : [{ userId, n }]));
    expect(others).toEqual([]);
    expect(await stores[0]?.findCredential(winner?.userId as string)).toMatchObject({
      passwordHash: `${winner?.n}`,
      user: { emailVerified: true, claims: { name: `${winner?.n}` } },
    });
  });

  it('refuses an address that another account has, also when two ask for it at once', async () => {
    const users = new UserStore(test.database);
    const [one, other] = [await users.add('1@example.com', {}), await users.add('2@example.com', {})] as string[];
    const changes = await Promise.all(
      [one, other].map((userId) => users.changeEmail(userId as string, '3@example.com')),
    );
    expect(changes.filter(Boolean)).toHaveLength(1);
    const loser = changes[0] === true ? other : one;
    expect(await users.changeEmail(loser as string, '3@EXAMPLE.com')).toBe(false);
  });

  it('accepts a verification of the address that the user has, once', async () => {
    const users = new UserStore(test.database);
    const userId = await users.keep({ ...alice, emailVerified: false });
    expect(await users.verifyEmail(userId, 'other@example.com')).toBe(false);
    expect(await users.verifyEmail(userId, 'ALICE@example.com')).toBe(true);
    expect(await users.verifyEmail(userId, alice.email)).toBe(false);
  });

  it('keeps what two changes of claims at once do not name', async () => {
    const users = new UserStore(test.database);
    const userId = await users.keep(alice);
    await Promise.all([
      users.changeClaims(userId, { nickname: 'Al' }, ['name']),
      users.changeClaims(userId, { locale: 'en' }, ['zoneinfo']),
    ]);
    expect((await users.find(userId))?.claims).toEqual({
      nickname: 'Al',
      locale: 'en',
      address: alice.claims.address,
    });
  });

  it('refuses every change to a disabled user', async () => {
    const users = new UserStore(test.database);
    const userId = await users.keep(alice);
    await users.disable(userId, 1);
    expect(await users.setPassword(userId, 'x')).toBe(false);
    expect(await users.changeEmail(userId, 'x@example.com')).toBe(false);
    expect(await users.changeClaims(userId, { name: 'x' }, [])).toBe(false);
    expect(await users.add(alice.email, {})).toBeUndefined();
  });

  it('shows no disabled user, and tells the world', async () => {
    const users = new UserStore(test.database);
    const userId = await users.keep(alice);
    expect(await users.disable(userId, 1)).toBe(true);
    expect(await users.findByEmail(alice.email)).toBeUndefined();
    expect(await users.find(userId)).toBeUndefined();
    expect(await types()).toEqual(['user.disabled']);
  });
});

describe('clients', () => {
  const web = { clientId: 'web', clientName: { '': 'Shop' }, webOrigins: ['https://rp.example'] } as unknown as Client;

  it('shows what was kept, at once after a change', async () => {
    const clients = new ClientStore(test.database);
    expect(await clients.find('web')).toBeUndefined();
    await clients.keep(web);
    expect(await clients.find('web')).toEqual(web);
    await clients.keep({ ...web, requirePkce: true });
    expect(await clients.find('web')).toMatchObject({ requirePkce: true });
    expect(await clients.all()).toHaveLength(1);
    expect(await types()).toEqual(['client.changed', 'client.changed']);
  });

  it('shows a change of another process once it was told to forget', async () => {
    const [here, there] = [new ClientStore(test.database), new ClientStore(await test.open())];
    await here.keep(web);
    await there.find('web');
    await here.keep({ ...web, requirePkce: true });
    expect(await there.find('web')).toEqual(web);
    there.forget('web');
    expect(await there.find('web')).toMatchObject({ requirePkce: true });
  });

  it('accepts the same registration token after a change that brings none', async () => {
    const clients = new ClientStore(test.database);
    const hash = aHash();
    await clients.keep(web, hash);
    await clients.keep(web);
    expect(await clients.registrationTokenHash('web')).toEqual(hash);
    expect(await clients.registrationTokenHash('other')).toBeUndefined();
  });

  it('tells a disabled client, kills its tokens, and knows its origins no more', async () => {
    const clients = new ClientStore(test.database);
    await clients.keep(web);
    expect(await clients.isWebOrigin('https://rp.example')).toBe(true);
    expect(await clients.disable('web', 1)).toBe(true);
    expect(await clients.disable('web', 1)).toBe(false);
    expect((await clients.find('web'))?.disabledAt).toEqual(expect.any(Number));
    expect(await clients.isWebOrigin('https://rp.example')).toBe(false);
    expect(await test.sql('SELECT kind, id FROM revocations')).toEqual([{ kind: 'client', id: 'web' }]);
  });

  it('refuses to enable a client by keeping it again', async () => {
    const clients = new ClientStore(test.database);
    await clients.keep(web);
    await clients.disable('web', 1);
    await clients.keep(web);
    expect((await clients.find('web'))?.disabledAt).toEqual(expect.any(Number));
  });

  it('revokes a client for good', async () => {
    const clients = new ClientStore(test.database);
    await clients.keep(web);
    expect(await clients.remove('web', 1)).toBe(true);
    expect(await clients.remove('web', 1)).toBe(false);
    expect(await clients.find('web')).toBeUndefined();
    expect(await types()).toEqual(['client.changed', 'client.disabled']);
  });
});

it('shows APIs as they were kept', async () => {
  const apis = new ApiStore(test.database);
  const api = {
    identifier: 'https://api.example/',
    name: 'Orders',
    scopes: { read: 'Read' },
    accessTokenLifetimeSeconds: 300,
    allowOfflineAccess: true,
    signingAlg: 'RS256',
  } as const;
  expect(await apis.find(api.identifier)).toBeUndefined();
  await apis.keep(api);
  expect(await apis.find(api.identifier)).toEqual(api);
});

describe('keys', () => {
  const aKey = (kid: string): SealedSigningKey => ({
    kid,
    alg: 'ES256',
    publicJwk: { kty: 'EC' },
    sealedPrivate: aHash(),
    activeFrom: new Date(),
  });

  it('accepts one plan at a time: of many replicas that start at once, one makes the key', async () => {
    const stores = [new SigningKeyStore(test.database), new SigningKeyStore(await test.open())];
    const live = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        (stores[n % 2] as SigningKeyStore).change((held) =>
          Promise.resolve({ add: held.length === 0 ? [aKey(`k${n}`)] : [], retire: [] }),
        ),
      ),
    );
    expect(new Set(live.flat().map(({ kid }) => kid)).size).toBe(1);
    expect(await types()).toEqual(['keys.rotated']);
  });

  it('shows no retired key among the living, and keeps it', async () => {
    const keys = new SigningKeyStore(test.database);
    await keys.change(() => Promise.resolve({ add: [aKey('a'), aKey('b')], retire: [] }));
    await keys.change(() => Promise.resolve({ add: [], retire: ['a'] }));
    expect((await keys.live()).map(({ kid }) => kid)).toEqual(['b']);
    expect((await keys.all()).map(({ kid }) => kid).toSorted()).toEqual(['a', 'b']);
  });

  it('accepts the first of the secrets that are offered under one name', async () => {
    const stores = [new SecretStore(test.database), new SecretStore(await test.open())];
    const found = await Promise.all(
      Array.from({ length: 10 }, (_, n) => (stores[n % 2] as SecretStore).findOrAdd('pepper', aHash())),
    );
    expect(new Set(found.map((secret) => secret.toString('hex'))).size).toBe(1);
  });
});
