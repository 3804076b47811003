import type { OutboxEntry, Publishable } from './outbox-source.js';

/** What became of a batch. `failure` is the first one; entries that are neither settled nor failed were not tried. */
export interface BatchOutcome {
  readonly settled: ReadonlySet<string>;
  readonly failure?: unknown;
}

/** Publishes one entry; resolves once the stream holds it. */
type PublishOne<E extends Publishable> = (entry: OutboxEntry<E>) => Promise<void>;

// A row that was damaged may hold no event at all: it fails alone, later.
const typeOf = (event: Publishable | null): string | undefined => event?.type;
const isHeartbeat = ({ event }: OutboxEntry<Publishable>): boolean => typeOf(event) === 'heartbeat';

function familiesOf<E extends Publishable>(entries: readonly OutboxEntry<E>[]): Iterable<readonly OutboxEntry<E>[]> {
  const families = new Map<string, OutboxEntry<E>[]>();
  for (const entry of entries) {
    const family = families.get(entry.key);
    if (family === undefined) families.set(entry.key, [entry]);
    else family.push(entry);
  }
  return families.values();
}

/**
 * Families side by side, the events of one of them one after another, up to its first failure. A heartbeat says that
 * everything before it has arrived, so it leaves last and only if all the others did; of several, only the newest.
 */
export async function publishInOrder<E extends Publishable>(
  entries: readonly OutboxEntry<E>[],
  publishOne: PublishOne<E>,
  mayGoOn: () => boolean,
): Promise<BatchOutcome> {
  const settled = new Set<string>();
  const failures: unknown[] = [];
  const publishFamily = async (family: readonly OutboxEntry<E>[]): Promise<void> => {
    for (const entry of family) {
      if (!mayGoOn()) return;
      try {
        await publishOne(entry);
        settled.add(entry.id);
      } catch (error) {
        failures.push(error);
        return;
      }
    }
  };
  const events = entries.filter((entry) => !isHeartbeat(entry));
  const heartbeats = entries.filter(isHeartbeat);
  await Promise.all([...familiesOf(events)].map(publishFamily));
  for (const { id } of heartbeats.slice(0, -1)) settled.add(id);
  const everythingArrived = events.every(({ id }) => settled.has(id));
  if (everythingArrived) await publishFamily(heartbeats.slice(-1));
  return { settled, ...(failures.length === 0 ? {} : { failure: failures[0] }) };
}
