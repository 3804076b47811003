import type { AnyDomainEvent } from '@tandem/contracts';
import type { OutboxEntry } from './outbox-source.js';
import { publishInOrder } from './publish-in-order.js';

const entry = (id: string, key: string, type: AnyDomainEvent['type'] = 'grant.revoked'): OutboxEntry => ({
  id,
  key,
  event: { id, type, at: 1 } as AnyDomainEvent,
});
const beat = (id: string): OutboxEntry => entry(id, 'heartbeat', 'heartbeat');

async function publish(
  entries: readonly OutboxEntry[],
  {
    failing = [],
    mayGoOn = () => true,
  }: { readonly failing?: readonly string[]; readonly mayGoOn?: () => boolean } = {},
): Promise<{ readonly sent: readonly string[]; readonly settled: readonly string[]; readonly failed: boolean }> {
  const sent: string[] = [];
  const outcome = await publishInOrder(
    entries,
    async ({ id }) => {
      if (failing.includes(id)) throw new Error(`${id} fails`);
      sent.push(id);
    },
    mayGoOn,
  );
  return { sent, settled: [...outcome.settled].sort(), failed: outcome.failure !== undefined };
}

describe('publishing a batch in order', () => {
  it('tells the others past a row that holds no event, but no heartbeat', async () => {
    const damaged = { id: 'x1', key: 'x', event: null } as unknown as OutboxEntry;
    const { sent, failed } = await publish([damaged, entry('a1', 'a'), beat('h1')], { failing: ['x1'] });
    expect([sent, failed]).toEqual([['a1'], true]);
  });

  it('tells the events of a family one after another, up to its first failure, and those of others all the same', async () => {
    const batch = [entry('a1', 'a'), entry('b1', 'b'), entry('a2', 'a'), entry('a3', 'a'), entry('b2', 'b')];
    const { sent, settled, failed } = await publish(batch, { failing: ['a2'] });
    expect(sent.filter((id) => id.startsWith('a'))).toEqual(['a1']);
    expect(sent.filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2']);
    expect(settled).toEqual(['a1', 'b1', 'b2']);
    expect(failed).toBe(true);
  });

  it('tells the newest heartbeat only, and last', async () => {
    const { sent, settled } = await publish([beat('h1'), entry('a1', 'a'), beat('h2'), entry('b1', 'b')]);
    expect(sent).toEqual(['a1', 'b1', 'h2']);
    expect(settled).toEqual(['a1', 'b1', 'h1', 'h2']);
  });

  it('refuses to send a heartbeat while something before it has not arrived', async () => {
    const { sent, settled } = await publish([entry('a1', 'a'), beat('h1')], { failing: ['a1'] });
    expect(sent).toEqual([]);
    expect(settled).toEqual([]);
  });

  it('tells nothing more once the time of the batch is over, and calls that no failure', async () => {
    let left = 1;
    const { sent, failed } = await publish([entry('a1', 'a'), entry('a2', 'a'), beat('h1')], {
      mayGoOn: () => (left -= 1) >= 0,
    });
    expect(sent).toEqual(['a1']);
    expect(failed).toBe(false);
  });
});
