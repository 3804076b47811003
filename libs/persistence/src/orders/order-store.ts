import { randomUUID } from 'node:crypto';
import type { Order } from '@tandem/contracts';
import { statement } from '../database.js';
import type { Database } from '../database.js';

interface Row {
  readonly id: string;
  readonly status: Order['status'];
  readonly placed_at: Date;
  readonly lines: Order['lines'];
}

const orderOf = (row: Row): Order => ({
  id: row.id,
  status: row.status,
  placed_at: row.placed_at.toISOString(),
  lines: row.lines,
});

const PLACE = statement(
  'order_place',
  'INSERT INTO resource_api.orders (id, user_id, lines) VALUES ($1, $2, $3) RETURNING id, status, placed_at, lines',
  orderOf,
);
const LIST = statement(
  'order_list',
  'SELECT id, status, placed_at, lines FROM resource_api.orders WHERE user_id = $1 ORDER BY placed_at DESC, id LIMIT 100',
  orderOf,
);
const FIND = statement(
  'order_find',
  'SELECT id, status, placed_at, lines FROM resource_api.orders WHERE user_id = $1 AND id = $2',
  orderOf,
);

/** Orders of the sample API, in a schema of their own. Each call names the user: nobody reaches another's orders. */
export class OrderStore {
  constructor(private readonly database: Database) {}

  async place(userId: string, lines: Order['lines']): Promise<Order> {
    return (await this.database.first(PLACE, [`ord_${randomUUID()}`, userId, JSON.stringify(lines)])) as Order;
  }

  list(userId: string): Promise<readonly Order[]> {
    return this.database.all(LIST, [userId]);
  }

  find(userId: string, id: string): Promise<Order | undefined> {
    return this.database.first(FIND, [userId, id]);
  }
}
