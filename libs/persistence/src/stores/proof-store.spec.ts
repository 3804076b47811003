import { aHash, createTestDatabase, type TestDatabase } from '../test-database.spec-support.js';
import { ProofStore, type Proof } from './proof-store.js';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());
beforeEach(() => test.sql('TRUNCATE proofs'));

const proof: Proof = { id: 'p1', purpose: 'sign-up', userId: 'usr_1', email: 'a@example.com', detail: { name: 'A' } };

describe('proofs', () => {
  it('shows one of 40 takers at once, in two processes, what the proof is for', async () => {
    const stores = [new ProofStore(test.database), new ProofStore(await test.open())];
    const hash = aHash();
    await stores[0]?.keep(proof, hash, 5, 60);
    const taken = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (stores[n % 2] as ProofStore).take('p1', 'sign-up', hash)),
    );
    expect(taken.filter((one) => one !== undefined)).toEqual([proof]);
  });

  it('refuses the right secret after five wrong guesses, also when 40 are made at once', async () => {
    const stores = [new ProofStore(test.database), new ProofStore(await test.open())];
    const hash = aHash();
    await stores[0]?.keep(proof, hash, 5, 60);
    const guesses = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (stores[n % 2] as ProofStore).take('p1', 'sign-up', aHash())),
    );
    expect(guesses.filter((one) => one !== undefined)).toEqual([]);
    expect(await stores[0]?.take('p1', 'sign-up', hash)).toBeUndefined();
    expect(await test.sql('SELECT attempts_left FROM proofs')).toEqual([{ attempts_left: 0 }]);
  });

  it('accepts the right secret after four wrong ones', async () => {
    const store = new ProofStore(test.database);
    const hash = aHash();
    await store.keep(proof, hash, 5, 60);
    for (let guess = 0; guess < 4; guess += 1) await store.take('p1', 'sign-up', aHash());
    expect(await store.take('p1', 'sign-up', hash)).toEqual(proof);
  });

  it('shows a proof as often as wanted without spending it', async () => {
    const store = new ProofStore(test.database);
    const hash = aHash();
    await store.keep(proof, hash, 5, 60);
    for (let look = 0; look < 10; look += 1) expect(await store.peek('p1', 'sign-up', hash)).toEqual(proof);
    expect(await store.peek('p1', 'sign-up', aHash())).toBeUndefined();
    expect(await store.take('p1', 'sign-up', hash)).toEqual(proof);
    expect(await store.peek('p1', 'sign-up', hash)).toBeUndefined();
  });

  it('refuses another purpose, an unknown id, and what is too old', async () => {
    const store = new ProofStore(test.database);
    const hash = aHash();
    await store.keep(proof, hash, 5, 60);
    expect(await store.take('p1', 'password-reset', hash)).toBeUndefined();
    expect(await store.take('p2', 'sign-up', hash)).toBeUndefined();
    await test.sql('UPDATE proofs SET expires_at = clock_timestamp()');
    expect(await store.peek('p1', 'sign-up', hash)).toBeUndefined();
    expect(await store.take('p1', 'sign-up', hash)).toBeUndefined();
  });

  it('accepts only the last secret that was kept under an id, with all its guesses', async () => {
    const store = new ProofStore(test.database);
    const [first, second] = [aHash(), aHash()];
    await store.keep(proof, first, 1, 60);
    await store.take('p1', 'sign-up', aHash());
    const { userId: _, ...forNobody } = proof;
    await store.keep(forNobody, second, 5, 60);
    expect(await store.take('p1', 'sign-up', first)).toBeUndefined();
    expect(await store.take('p1', 'sign-up', second)).toEqual(forNobody);
  });

  it('revokes a user’s proofs for one purpose and leaves all others', async () => {
    const store = new ProofStore(test.database);
    const hash = aHash();
    await store.keep(proof, hash, 5, 60);
    await store.keep({ ...proof, id: 'p2', purpose: 'password-reset' }, hash, 5, 60);
    await store.keep({ ...proof, id: 'p3', purpose: 'password-reset', userId: 'usr_2' }, hash, 5, 60);
    await store.void('usr_1', 'password-reset');
    expect((await test.sql<{ id: string }>('SELECT id FROM proofs ORDER BY id')).map(({ id }) => id)).toEqual([
      'p1',
      'p3',
    ]);
  });
});
