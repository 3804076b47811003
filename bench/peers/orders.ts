import { poolOf } from './pool.js';

/** The same answer from the same statement as `GET /orders` of resource-api, so that only the guards differ. */
export class PeerOrders {
  private readonly pool = poolOf(process.env['DATABASE_URL']);

  async list(subject: string): Promise<{ readonly orders: readonly object[] }> {
    const { rows } = await this.pool.query<object>({
      name: 'order_list',
      text: 'SELECT id, status, placed_at, lines FROM resource_api.orders WHERE user_id = $1 ORDER BY placed_at DESC, id LIMIT 100',
      values: [subject],
    });
    return { orders: rows };
  }
}
