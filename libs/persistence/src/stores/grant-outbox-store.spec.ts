import { MAXIMUM_EVENT_BYTES } from '@tandem/contracts';
import type { GrantEvent } from '@tandem/contracts';
import { purgeExpired } from '../purge.js';
import { aGrant, createTestDatabase, type TestDatabase } from '../test-database.spec-support.js';
import { GrantOutboxStore, type WaitingPack } from './grant-outbox-store.js';
import { GrantStore } from './grant-store.js';
import { SessionStore } from './session-store.js';

let test: TestDatabase;
let outbox: GrantOutboxStore;
let grants: GrantStore;

beforeAll(async () => {
  test = await createTestDatabase();
  outbox = new GrantOutboxStore(test.database);
  grants = new GrantStore(test.database);
});
afterAll(() => test.close());
beforeEach(() => test.sql('TRUNCATE grants, grant_outbox, sessions, revocations, outbox'));

async function keepGrants(count: number, scope: readonly string[] = ['openid']): Promise<void> {
  for (let index = 0; index < count; index += 1) await grants.keep(aGrant({ scope }), 3_600, {});
}
const eventsOf = (packs: readonly WaitingPack[]): readonly GrantEvent[] => packs.flatMap(({ event }) => event.events);

describe('what waits of the record of grants', () => {
  it('issues every event once, in packs that fit into a message, and takes out what was published', async () => {
    await keepGrants(40);
    const seen: WaitingPack[] = [];
    const settled = await outbox.publishBatch(30, async (packs) => {
      seen.push(...packs);
      return new Set(packs.map(({ id }) => id));
    });
    expect(settled).toBe(30);
    expect(await outbox.depth()).toBe(10);
    expect(seen.length).toBeLessThan(10);
    for (const { event } of seen)
      expect(Buffer.byteLength(JSON.stringify(event.events))).toBeLessThan(MAXIMUM_EVENT_BYTES + 10);
    await outbox.publishBatch(30, async (packs) => {
      seen.push(...packs);
      return new Set(packs.map(({ id }) => id));
    });
    expect(new Set(eventsOf(seen).map(({ grantId }) => grantId)).size).toBe(40);
    expect(await outbox.depth()).toBe(0);
  });

  it('tells the events again of a pack that was not published', async () => {
    await keepGrants(40);
    let lost: readonly GrantEvent[] = [];
    await outbox.publishBatch(40, async (packs) => {
      lost = packs[1]?.event.events ?? [];
      return new Set(packs.filter((_, index) => index !== 1).map(({ id }) => id));
    });
    const again: WaitingPack[] = [];
    await outbox.publishBatch(40, async (packs) => {
      again.push(...packs);
      return new Set();
    });
    expect(eventsOf(again)).toEqual(lost);
    expect(lost.length).toBeGreaterThan(0);
  });

  it('accepts two relays at once: neither takes what the other has', async () => {
    await keepGrants(20);
    const other = new GrantOutboxStore(await test.open(2));
    const taken: string[] = [];
    const publish = async (packs: readonly WaitingPack[]): Promise<ReadonlySet<string>> => {
      taken.push(...eventsOf(packs).map(({ grantId }) => grantId));
      return new Set(packs.map(({ id }) => id));
    };
    await Promise.all([outbox.publishBatch(10, publish), other.publishBatch(10, publish)]);
    expect(taken).toHaveLength(new Set(taken).size);
    expect((await outbox.depth()) + taken.length).toBe(20);
  });

  it('tells what there is now of the grants of the last day, when the stream lost it', async () => {
    await new SessionStore(test.database).start(
      { sid: 'sid_1', userId: 'usr_alice', authTime: 1, acr: 'a', amr: [] },
      Buffer.from('cookie'),
      60,
    );
    await keepGrants(3);
    const kept = aGrant({ scope: ['openid', 'offline_access', 'read'] });
    await grants.keep(kept, 3_600, {});
    await grants.withdrawScope(kept.grantId, ['read']);
    await new SessionStore(test.database).end('sid_1');
    await test.sql('TRUNCATE grant_outbox');
    await test.sql(`UPDATE grants SET created_at = created_at - interval '2 days' WHERE grant_id = $1`, [
      (await test.sql<{ grant_id: string }>('SELECT grant_id FROM grants ORDER BY created_at LIMIT 1'))[0]?.grant_id,
    ]);
    // Three issued and two ended ones; the oldest is out of the stream's time.
    expect(await outbox.reopen(86_400)).toBe(5);
    const rows = await test.sql<{ event: GrantEvent }>('SELECT event FROM grant_outbox');
    expect(rows.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ grantId: kept.grantId, scope: ['openid', 'offline_access'], version: 2 }),
    );
  });

  it('accepts that nobody fetches them: after a day they leave', async () => {
    await keepGrants(2);
    await test.sql(`UPDATE grant_outbox SET created_at = created_at - interval '25 hours'`);
    await keepGrants(1);
    await purgeExpired(test.database);
    expect(await outbox.depth()).toBe(1);
  });
});
