import { createTestDatabase, type TestDatabase } from '../test-database.spec-support.js';
import { MailStore } from './mail-store.js';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());
beforeEach(() => test.sql('TRUNCATE mails'));

const sealed = Buffer.from('sealed');

describe('mails', () => {
  it('shows each mail to one of two senders that claim at once', async () => {
    const stores = [new MailStore(test.database), new MailStore(await test.open())];
    for (let n = 0; n < 20; n += 1) await stores[0]?.keep(`${n}@example.com`, sealed);
    const claims = await Promise.all(Array.from({ length: 10 }, (_, n) => (stores[n % 2] as MailStore).claim(5, 60)));
    const claimed = claims.flat().map(({ recipient }) => recipient);
    expect(new Set(claimed).size).toBe(claimed.length);
    const rest = await Promise.all([stores[0]?.claim(20, 60), stores[1]?.claim(20, 60)]);
    expect(claimed.length + rest.flatMap((mails) => mails ?? []).length).toBe(20);
  });

  it('shows a mail again when its sender died with it, with the attempt counted', async () => {
    const store = new MailStore(test.database);
    await store.keep('a@example.com', sealed);
    expect(await store.claim(5, 60)).toMatchObject([{ recipient: 'a@example.com', sealed, attempts: 1 }]);
    expect(await store.claim(5, 60)).toEqual([]);
    await test.sql('UPDATE mails SET due_at = clock_timestamp()');
    expect(await store.claim(5, 60)).toMatchObject([{ attempts: 2 }]);
  });

  it('shows a mail that was put off after its pause, and never one that was sent or dropped', async () => {
    const store = new MailStore(test.database);
    await store.keep('a@example.com', sealed);
    const [mail] = await store.claim(1, 60);
    await store.later(mail?.id as string, 0);
    expect(await store.claim(1, 60)).toHaveLength(1);
    await store.later(mail?.id as string, 3_600);
    expect(await store.claim(1, 60)).toEqual([]);
    await store.sent(mail?.id as string);
    await store.later(mail?.id as string, 0);
    expect(await store.claim(1, 60)).toEqual([]);
    await store.keep('b@example.com', sealed);
    const [other] = await store.claim(1, 60);
    await store.drop(other?.id as string);
    expect(await test.sql('SELECT recipient FROM mails')).toEqual([{ recipient: 'a@example.com' }]);
  });

  it('shows the last mails to people, the newest first', async () => {
    const store = new MailStore(test.database);
    for (const recipient of ['1@example.com', undefined, '2@example.com', '3@example.com'])
      await store.keep(recipient, sealed);
    expect((await store.recent(2)).map(({ recipient }) => recipient)).toEqual(['3@example.com', '2@example.com']);
  });
});
