import { randomBytes } from 'node:crypto';
import { createTestDatabase, keepAlice, type TestDatabase } from '../test-database.spec-support.js';
import { FederatedIdentityStore } from './federated-identity-store.js';
import { PasskeyStore } from './passkey-store.js';
import type { Passkey } from './passkey-store.js';
import { UserStore } from './user-store.js';

let test: TestDatabase;
let stores: readonly [PasskeyStore, PasskeyStore];

beforeAll(async () => {
  test = await createTestDatabase();
  stores = [new PasskeyStore(test.database), new PasskeyStore(await test.open())];
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.sql('TRUNCATE passkeys, federated_identities, users');
  await keepAlice(test.database);
});

const aPasskey = (changes: Partial<Passkey> = {}): Omit<Passkey, 'createdAt'> => ({
  credentialId: randomBytes(16).toString('base64url'),
  userId: 'usr_alice',
  publicKey: new Uint8Array(randomBytes(77)),
  counter: 0,
  transports: ['internal', 'hybrid'],
  name: 'Laptop',
  ...changes,
});

describe('adding', () => {
  it('shows a passkey as it was added, and of another user nothing', async () => {
    const passkey = aPasskey({ counter: 3_000_000_000 });
    expect(await stores[0].add(passkey, 5)).toBe('added');
    const found = await stores[1].find(passkey.credentialId);
    expect(found).toEqual({ ...passkey, createdAt: expect.any(Number) as number });
    expect(await stores[0].ofUser('usr_alice')).toEqual([found]);
    expect(await stores[0].ofUser('usr_bob')).toEqual([]);
    expect(await stores[0].find('unknown')).toBeUndefined();
  });

  it('refuses a credential that somebody has, and changes nothing about it', async () => {
    const bob = await new UserStore(test.database).keep({ email: 'bob@example.com', emailVerified: true, claims: {} });
    const passkey = aPasskey();
    await stores[0].add(passkey, 5);
    expect(await stores[0].add({ ...passkey, userId: bob, publicKey: new Uint8Array([1]) }, 5)).toBe('known');
    expect(await stores[0].find(passkey.credentialId)).toMatchObject(passkey);
  });

  it('accepts as many as are allowed, of any number at once, in two processes', async () => {
    const added = await Promise.all(
      Array.from({ length: 6 }, (_, n) => (stores[n % 2] as PasskeyStore).add(aPasskey(), 3)),
    );
    expect(added.filter((outcome) => outcome === 'added')).toHaveLength(3);
    expect(await stores[0].ofUser('usr_alice')).toHaveLength(3);
  });

  it('refuses one too many while another is being added: it waits for that and counts it', async () => {
    const other = test.database.dataSource.createQueryRunner();
    await other.startTransaction();
    await other.query("SELECT user_id FROM users WHERE user_id = 'usr_alice' FOR UPDATE");
    await other.query(
      "INSERT INTO passkeys (credential_id, user_id, public_key, counter, transports, name) VALUES ('c', 'usr_alice', '', 0, '{}', 'x')",
    );
    const added = stores[1].add(aPasskey(), 1);
    await Promise.race([added, untilOneWaits()]);
    await other.commitTransaction();
    await other.release();
    expect(await added).toBe('full');
  });

  it('refuses one for a user who was disabled meanwhile', async () => {
    await new UserStore(test.database).disable('usr_alice', 0);
    expect(await stores[0].add(aPasskey(), 5)).toBe('full');
  });
});

describe('using', () => {
  it('accepts a count that goes up and refuses one that stands or goes down', async () => {
    const { credentialId } = await kept({ counter: 4 });
    expect(await stores[0].use(credentialId, 4)).toBe('behind');
    expect(await stores[0].use(credentialId, 0)).toBe('behind');
    expect((await stores[0].find(credentialId))?.lastUsedAt).toBeUndefined();
    expect(await stores[0].use(credentialId, 9)).toBe('used');
    expect(await stores[0].use(credentialId, 5)).toBe('behind');
    const found = await stores[0].find(credentialId);
    expect(found?.counter).toBe(9);
    expect(found?.lastUsedAt).toBeGreaterThanOrEqual(found?.createdAt as number);
  });

  it('accepts an authenticator that does not count, until it counts once', async () => {
    const { credentialId } = await kept({ counter: 0 });
    expect(await stores[0].use(credentialId, 0)).toBe('used');
    expect(await stores[0].use(credentialId, 0)).toBe('used');
    expect(await stores[0].use(credentialId, 1)).toBe('used');
    expect(await stores[0].use(credentialId, 0)).toBe('behind');
  });

  it('accepts one of 40 uses of a count at once, in two processes', async () => {
    const { credentialId } = await kept({ counter: 1 });
    const used = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (stores[n % 2] as PasskeyStore).use(credentialId, 2)),
    );
    expect(used.filter((outcome) => outcome === 'used')).toHaveLength(1);
  });

  it('refuses one that is gone', async () => {
    expect(await stores[0].use('gone', 1)).toBe('gone');
  });
});

describe('looking after', () => {
  it('accepts a new name and a removal by its user, and of nobody else', async () => {
    const passkey = await kept();
    const { credentialId } = passkey;
    expect(await stores[0].rename('usr_bob', credentialId, 'Mine')).toBe(false);
    const ways = { methods: ['passkey'], connections: [] };
    await kept();
    expect(await stores[0].remove('usr_bob', credentialId, ways)).toBeUndefined();
    expect(await stores[0].rename('usr_alice', credentialId, 'Phone')).toBe(true);
    expect(await stores[0].remove('usr_alice', credentialId, ways)).toMatchObject({ ...passkey, name: 'Phone' });
    expect(await stores[0].find(credentialId)).toBeUndefined();
    expect(await stores[0].remove('usr_alice', credentialId, ways)).toBeUndefined();
  });

  it('refuses to remove the last way to sign in, and what is switched off is none', async () => {
    const { credentialId } = await kept();
    await test.sql(`UPDATE users SET password_hash = 'hash'`);
    expect(await stores[0].remove('usr_alice', credentialId, { methods: ['passkey'], connections: [] })).toBe('last');
    expect(await stores[0].find(credentialId)).toBeDefined();
    const ways = { methods: ['password', 'passkey'], connections: [] };
    expect(await stores[0].remove('usr_alice', credentialId, ways)).toMatchObject({ credentialId });
  });

  it('leaves one of the last two that are removed at once in two processes, passkey or identity elsewhere', async () => {
    const ways = { methods: ['passkey', 'upstream'], connections: ['company'] };
    const identities = new FederatedIdentityStore(await test.open());
    const identity = { connection: 'company', subject: 'alice there' };
    for (let round = 0; round < 20; round += 1) {
      const { credentialId } = await kept();
      await identities.link(identity, 'usr_alice');
      const outcomes = await Promise.all([
        stores[0].remove('usr_alice', credentialId, ways),
        identities.unlink(identity, 'usr_alice', ways),
      ]);
      expect(outcomes.filter((outcome) => outcome === 'last')).toHaveLength(1);
      const left = [...(await stores[0].ofUser('usr_alice')), ...(await identities.ofUser('usr_alice'))];
      expect(left).toHaveLength(1);
      await test.sql('TRUNCATE passkeys, federated_identities');
    }
  });
});

async function kept(changes: Partial<Passkey> = {}): Promise<Omit<Passkey, 'createdAt'>> {
  const passkey = aPasskey(changes);
  await stores[0].add(passkey, 5);
  return passkey;
}

async function untilOneWaits(): Promise<void> {
  const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  while ((await test.sql(waiting)).length === 0);
}
