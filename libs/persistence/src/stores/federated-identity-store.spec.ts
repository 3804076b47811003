import { aHash, createTestDatabase, type TestDatabase } from '../test-database.spec-support.js';
import { PENDING_LINK } from '@tandem/protocol';
import { FederatedIdentityStore } from './federated-identity-store.js';
import { InteractionStore } from './interaction-store.js';
import { UserStore } from './user-store.js';

let test: TestDatabase;
let store: FederatedIdentityStore;
let users: UserStore;

beforeAll(async () => {
  test = await createTestDatabase();
  store = new FederatedIdentityStore(test.database);
  users = new UserStore(test.database);
});
afterAll(() => test.close());

let next = 0;
const anIdentity = (connection = 'company'): { connection: string; subject: string } => ({
  connection,
  subject: `subject ${(next += 1)}`,
});
const aUser = (
  changes: Partial<{ email: string; emailVerified: boolean }> = {},
): {
  email: string;
  emailVerified: boolean;
  claims: { name: string };
} => ({ email: `user${(next += 1)}@example.com`, emailVerified: true, claims: { name: 'Carol' }, ...changes });
const countUsers = async (): Promise<number> =>
  (await test.sql<{ count: number }>('SELECT count(*)::int AS count FROM users'))[0]?.count ?? -1;

const NO_OTHER_WAY = { methods: ['upstream'], connections: ['company', 'other'] };

describe('a first sign-in', () => {
  it('shows nobody for an identity that nobody has, and the user once it was added', async () => {
    const identity = anIdentity();
    expect(await store.use(identity)).toBeUndefined();
    const user = aUser();
    const userId = await store.add(identity, user);
    expect(await store.use(identity)).toMatchObject({ userId, ...user });
    expect(await store.use({ ...identity, connection: 'other' })).toBeUndefined();
  });

  it('makes one user of 20 first sign-ins at once, in two processes', async () => {
    const before = await countUsers();
    const stores = [store, new FederatedIdentityStore(await test.open())];
    const identity = anIdentity();
    const user = aUser();
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (stores[n % 2] as FederatedIdentityStore).add(identity, user)),
    );
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^usr_/);
    expect(await countUsers()).toBe(before + 1);
  });

  it('makes one user of two identities with the same verified address at once, and nothing of the other', async () => {
    const user = aUser();
    const identities = [anIdentity(), anIdentity('other')] as const;
    const ids = await Promise.all(identities.map((identity) => store.add(identity, user)));
    expect(ids.filter((id) => id !== undefined)).toHaveLength(1);
    const found = await Promise.all(identities.map((identity) => store.use(identity)));
    expect(found.filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('refuses the verified address of another user, in any spelling, and changes nothing', async () => {
    const held = await users.keep({ email: 'taken@example.com', emailVerified: true, claims: {} }, 'hash');
    const identity = anIdentity();
    expect(await store.add(identity, aUser({ email: 'Taken@Example.com' }))).toBeUndefined();
    expect(await store.use(identity)).toBeUndefined();
    expect(await users.findByEmail('taken@example.com')).toMatchObject({
      user: { userId: held },
      passwordHash: 'hash',
    });
  });

  it('keeps an address that is not verified from nobody: neither its owner nor the next one', async () => {
    const claimed = { email: 'owner@example.com', emailVerified: false };
    const first = await store.add(anIdentity(), aUser(claimed));
    const second = await store.add(anIdentity(), aUser(claimed));
    expect(first).not.toBe(second);
    expect(await users.findByEmail('owner@example.com')).toBeUndefined();
    const owner = await users.keep({ email: 'owner@example.com', emailVerified: true, claims: {} });
    expect([first, second]).not.toContain(owner);
    expect(await users.find(first as string)).toMatchObject(claimed);
  });

  it('tells a disabled user from one who is not there', async () => {
    const identity = anIdentity();
    const userId = await store.add(identity, aUser());
    await users.disable(userId as string, 1_700_000_000);
    expect(await store.use(identity)).toBe('disabled');
  });
});

describe('linking', () => {
  it('gives an identity to one user of two who want it at once', async () => {
    const [a, b] = [await users.keep(aUser()), await users.keep(aUser())];
    const identity = anIdentity();
    const linked = await Promise.all([store.link(identity, a), store.link(identity, b)]);
    expect(linked.filter(Boolean)).toHaveLength(1);
    expect(await store.use(identity)).toMatchObject({ userId: linked[0] === true ? a : b });
  });

  it('accepts the same link twice, and shows what a user has', async () => {
    const userId = await users.keep(aUser());
    const identity = anIdentity();
    expect(await store.link(identity, userId)).toBe(true);
    expect(await store.link(identity, userId)).toBe(true);
    expect(await store.ofUser(userId)).toEqual([
      { ...identity, createdAt: expect.any(Number), lastUsedAt: expect.any(Number) },
    ]);
  });
});

it('keeps an identity that waits for proof through the first factor, and nothing else', async () => {
  const interactions = new InteractionStore(test.database);
  const browser = aHash();
  await interactions.keep(
    { interactionId: 'in_link', clientId: 'web', parameters: { resource: [], repeated: [] } },
    browser,
    60,
  );
  await interactions.keepLoginState('in_link', PENDING_LINK, { subject: 's' });
  await interactions.keepLoginState('in_link', 'upstream', { state: 'x' });
  const factor = { userId: 'usr_alice', method: 'password', amr: ['pwd'], at: 1_700_000_000 };
  await interactions.proven('in_link', factor);
  expect(await interactions.find('in_link', browser)).toMatchObject({
    proven: factor,
    loginState: { [PENDING_LINK]: { subject: 's' } },
  });
  expect((await interactions.find('in_link', browser))?.loginState).not.toHaveProperty('upstream');
  expect(await interactions.takeLoginState('in_link', PENDING_LINK)).toEqual({ subject: 's' });
  await interactions.proven('in_link', factor);
  expect((await interactions.find('in_link', browser))?.loginState).toEqual({});
});

describe('taking an identity away', () => {
  it('refuses the last way to sign in', async () => {
    const identity = anIdentity();
    const userId = (await store.add(identity, aUser())) as string;
    expect(await store.unlink(identity, userId, NO_OTHER_WAY)).toBe('last');
    expect(await store.use(identity)).toMatchObject({ userId });
  });

  it('refuses it also when what is left is switched off', async () => {
    const identity = anIdentity();
    const userId = await users.keep(aUser(), 'hash');
    await store.link(identity, userId);
    await store.link(anIdentity('gone'), userId);
    expect(await store.unlink(identity, userId, NO_OTHER_WAY)).toBe('last');
    expect(await store.unlink(identity, userId, { ...NO_OTHER_WAY, methods: ['password', 'upstream'] })).toBe(
      'removed',
    );
    expect(await store.use(identity)).toBeUndefined();
  });

  it.each([
    [
      'a passkey',
      'passkey',
      `INSERT INTO passkeys (credential_id, user_id, public_key, counter, transports, name) VALUES ($2, $1, '', 0, '{}', 'key')`,
    ],
    ['a verified address that codes go to', 'email-code', 'SELECT $1::text, $2::text'],
  ])('accepts it with %s left', async (_what, method, given) => {
    const identity = anIdentity();
    const userId = (await store.add(identity, aUser())) as string;
    await test.sql(given, [userId, identity.subject]);
    expect(await store.unlink(identity, userId, { ...NO_OTHER_WAY, methods: [method] })).toBe('removed');
  });

  it('leaves one of two that are taken away at once', async () => {
    const identities = [anIdentity(), anIdentity('other')] as const;
    const userId = (await store.add(identities[0], aUser())) as string;
    await store.link(identities[1], userId);
    const gone = await Promise.all(identities.map((identity) => store.unlink(identity, userId, NO_OTHER_WAY)));
    expect(gone.toSorted()).toEqual(['last', 'removed']);
    expect(await store.ofUser(userId)).toHaveLength(1);
  });

  it('refuses another user', async () => {
    const identity = anIdentity();
    await store.add(identity, aUser());
    const other = await users.keep(aUser(), 'hash');
    expect(await store.unlink(identity, other, { ...NO_OTHER_WAY, methods: ['password'] })).toBe('gone');
    expect(await store.use(identity)).toBeDefined();
  });
});
