import { createTestDatabase, type TestDatabase } from '../test-database.spec-support.js';
import { migrateOrders } from '../migrate.js';
import { OrderStore } from './order-store.js';

const LINES = [{ article: 'tea', quantity: 2 }];

describe('the orders', () => {
  let test: TestDatabase;
  let orders: OrderStore;
  beforeAll(async () => {
    test = await createTestDatabase({ migrated: false });
    await migrateOrders(test.url);
    orders = new OrderStore(test.database);
  });
  afterAll(() => test.close());

  it('shows a user the own orders, newest first, and nobody else’s', async () => {
    expect(await orders.list('alice')).toEqual([]);
    const first = await orders.place('alice', LINES);
    const second = await orders.place('alice', [{ article: 'coffee', quantity: 1 }]);
    const foreign = await orders.place('bob', LINES);
    expect(await orders.list('alice')).toEqual([second, first]);
    expect(await orders.find('alice', first.id)).toEqual(first);
    expect(await orders.find('alice', foreign.id)).toBeUndefined();
    expect(first).toMatchObject({ status: 'placed', lines: LINES });
    expect(new Date(first.placed_at).toISOString()).toBe(first.placed_at);
  });

  it('accepts to be migrated again, and says that nothing was to do', async () => {
    expect(await migrateOrders(test.url)).toEqual([]);
  });
});
