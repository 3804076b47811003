import { aHash, createTestDatabase, type TestDatabase } from '../test-database.spec-support.js';
import { RecoveryCodeStore } from './recovery-code-store.js';
import { TotpStore } from './totp-store.js';

let test: TestDatabase;
let secrets: readonly TotpStore[];
let codes: readonly RecoveryCodeStore[];

beforeAll(async () => {
  test = await createTestDatabase();
  const databases = [test.database, await test.open()];
  secrets = databases.map((database) => new TotpStore(database));
  codes = databases.map((database) => new RecoveryCodeStore(database));
});
afterAll(() => test.close());

const USER = 'usr_alice';
const SEALED = Buffer.from('sealed');
const hashes = (count = 10): readonly Buffer[] => Array.from({ length: count }, aHash);
const either = <Store>(stores: readonly Store[], index: number): Store => stores[index % 2] as Store;
const atOnce = (count: number, work: (index: number) => Promise<boolean>): Promise<number> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index))).then((done) => done.filter(Boolean).length);

beforeEach(async () => {
  await test.sql('TRUNCATE totp_secrets, recovery_codes');
});

describe('authenticator secrets', () => {
  it('accepts one of 20 enrolments at once, with its own recovery codes', async () => {
    const enrolled = await atOnce(20, (index) =>
      either(secrets, index).enrol(USER, Buffer.from(`sealed ${index}`), 1, hashes()),
    );
    expect(enrolled).toBe(1);
    expect(await either(codes, 0).left(USER)).toBe(10);
  });

  it('accepts one of 40 uses of a time step at once, in two processes, and no older step after it', async () => {
    const [store] = secrets as [TotpStore];
    await store.enrol(USER, SEALED, 100, hashes());
    expect(await store.useStep(USER, SEALED, 100)).toBe(false);
    expect(await atOnce(40, (index) => either(secrets, index).useStep(USER, SEALED, 101))).toBe(1);
    expect(await store.useStep(USER, SEALED, 100)).toBe(false);
    expect(await store.useStep(USER, SEALED, 102)).toBe(true);
  });

  it('refuses a step of a secret that was replaced meanwhile, and of nobody', async () => {
    const [store] = secrets as [TotpStore];
    await store.enrol(USER, SEALED, 1, hashes());
    expect(await store.useStep(USER, Buffer.from('another'), 2)).toBe(false);
    expect(await store.useStep('usr_nobody', SEALED, 2)).toBe(false);
  });

  it('accepts a removal once, and takes the recovery codes along', async () => {
    const [store] = secrets as [TotpStore];
    await store.enrol(USER, SEALED, 1, hashes());
    expect(await atOnce(5, (index) => either(secrets, index).remove(USER))).toBe(1);
    expect(await store.find(USER)).toBeUndefined();
    expect(await either(codes, 0).left(USER)).toBe(0);
  });
});

describe('recovery codes', () => {
  it('accepts one of 40 uses of a code at once, in two processes', async () => {
    const [store] = codes as [RecoveryCodeStore];
    const [code, ...others] = hashes();
    await either(secrets, 0).enrol(USER, SEALED, 1, [code as Buffer, ...others]);
    expect(await store.use('usr_bob', code as Buffer)).toBe(false);
    expect(await atOnce(40, (index) => either(codes, index).use(USER, code as Buffer))).toBe(1);
    expect(await store.left(USER)).toBe(9);
  });

  it('accepts only the last set of ten that were made at once', async () => {
    const [store] = codes as [RecoveryCodeStore];
    const first = hashes(1);
    await either(secrets, 0).enrol(USER, SEALED, 1, first);
    expect(await atOnce(10, (index) => either(codes, index).replace(USER, hashes()))).toBe(10);
    expect(await store.left(USER)).toBe(10);
    expect(await store.use(USER, first[0] as Buffer)).toBe(false);
  });

  it('refuses codes for a user without a second factor', async () => {
    const [store] = codes as [RecoveryCodeStore];
    expect(await store.replace(USER, hashes())).toBe(false);
    expect(await store.left(USER)).toBe(0);
  });
});
