import { headers as natsHeaders } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Connection } from './http.js';
import type { Operation } from './window.js';

const PATIENCE_MS = 3_000;

/** V: the orders of the user, over HTTP. */
export const guardedGet =
  (connections: readonly Connection[], tokens: readonly string[]): Operation =>
  async (user) => {
    const headers = { authorization: `Bearer ${tokens[user]}` };
    const { status, body } = await (connections[user] as Connection).get('/orders', headers);
    if (status !== 200 || !body.startsWith('{"orders":')) throw new Error(`orders: ${status} ${body.slice(0, 200)}`);
  };

/** The same over NATS, in the envelope of Nest's transport. */
export function guardedRequest(nats: NatsConnection, tokens: readonly string[]): Operation {
  const payload = JSON.stringify({ pattern: 'orders.v1.list', data: {}, id: '1' });
  const headersOf = tokens.map((token) => {
    const headers = natsHeaders();
    headers.set('authorization', `Bearer ${token}`);
    return headers;
  });
  return async (user) => {
    const headers = headersOf[user];
    const message = await nats.request('orders.v1.list', payload, {
      timeout: PATIENCE_MS,
      ...(headers === undefined ? {} : { headers }),
    });
    const { response } = message.json<{ readonly response?: { readonly orders?: unknown } }>();
    if (!Array.isArray(response?.orders)) throw new Error(`orders over NATS: ${message.string().slice(0, 200)}`);
  };
}
