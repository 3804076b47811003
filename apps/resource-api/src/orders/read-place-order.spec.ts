import 'reflect-metadata';
import { PlaceOrder } from '@tandem/contracts';
import { readPlaceOrder } from './read-place-order.js';

const line = { article: 'tea', quantity: 2 };

describe('reading an order', () => {
  it('accepts lines of an article and a quantity', () => {
    expect(readPlaceOrder({ lines: [line, { article: 'x'.repeat(120), quantity: 1_000 }] })).toBeInstanceOf(PlaceOrder);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'tea'],
    ['a list', [line]],
    ['no lines', {}],
    ['an empty list of lines', { lines: [] }],
    ['too many lines', { lines: Array.from({ length: 51 }, () => line) }],
    ['lines that are no list', { lines: line }],
    ['a line that is null', { lines: [null] }],
    ['a quantity of nothing', { lines: [{ article: 'tea', quantity: 0 }] }],
    ['a quantity that is text', { lines: [{ article: 'tea', quantity: '2' }] }],
    ['an article without a name', { lines: [{ article: '', quantity: 1 }] }],
    ['another member', { lines: [line], status: 'delivered' }],
    ['another member in a line', { lines: [{ ...line, price: 0 }] }],
  ])('refuses %s, without repeating it', (_what, body) => {
    const read = readPlaceOrder(body);
    expect(read).not.toBeInstanceOf(PlaceOrder);
    expect(JSON.stringify(read)).not.toContain('tea');
  });

  it('refuses to let a body reach the prototype', () => {
    const body: unknown = JSON.parse('{"lines":[{"article":"tea","quantity":1}],"__proto__":{"status":"delivered"}}');
    expect(readPlaceOrder(body)).not.toHaveProperty('status');
  });
});
