import { Client } from 'pg';
import { EVENT_STREAM } from '@tandem/contracts';
import { StreamReader } from '@tandem/messaging';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { GrantFlow, sumOf } from '../support/grant-flow.js';
import { Load, unseemly } from '../support/load.js';
import { delaysOf, report, until } from '../support/measurement.js';
import { replay } from '../support/replay.js';

const KILLS = 6;
const AWAY_MS = 1_350;
const FLOWS_PER_SECOND = 20;
const SCOPE = 'openid offline_access read:orders';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('NATS is killed while it stores', () => {
  let tandem: RunningTandem;
  let database: Client;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'] });
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);

  const count = async (sql: string): Promise<number> => Number((await database.query<{ n: string }>(sql)).rows[0]?.n);
  const waiting = (): Promise<number> => count('SELECT count(*) AS n FROM outbox WHERE published_at IS NULL');
  const published = (): Promise<number> => count('SELECT count(*) AS n FROM outbox WHERE published_at IS NOT NULL');

  /** How often each event stands in the stream, by the id that its signature vouches for. */
  async function stored(): Promise<ReadonlyMap<string, number>> {
    const reader = await StreamReader.open(tandem.natsUrl, tandem.natsSeeds.auditor);
    const times = new Map<string, number>();
    const { first, last } = await reader.extent(EVENT_STREAM);
    for await (const { text } of reader.read(EVENT_STREAM, first, last)) {
      const { jti } = JSON.parse(Buffer.from(text.split('.')[1] as string, 'base64url').toString()) as { jti: string };
      times.set(jti, (times.get(jti) ?? 0) + 1);
    }
    await reader.close();
    return times;
  }

  it(`loses and doubles no event over ${KILLS} kills, and nobody notices`, async () => {
    const client = new DemoClient(tandem);
    await client.tokens(SCOPE);
    const load = new Load();
    const flow = new GrantFlow(client, load);
    load.start(FLOWS_PER_SECOND, () => flow.run());
    const firstAcks: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await pause(1_000 + Math.random() * 500);
      tandem.nats.kill('SIGKILL');
      await tandem.nats.exited;
      const killed = performance.now();
      const before = await published();
      await pause(AWAY_MS);
      await tandem.startNats();
      expect(await until(async () => (await published()) > before, 20)).toBe(true);
      firstAcks.push(performance.now() - killed);
    }
    await load.stop();
    expect(await until(async () => (await waiting()) === 0, 20)).toBe(true);
    const { text } = await replay(tandem);
    const times = await stored();
    const told = (await database.query<{ id: string }>('SELECT id FROM outbox WHERE published_at IS NOT NULL')).rows;
    const violations = {
      lost: told.filter(({ id }) => !times.has(id)).length,
      doubled: [...times.values()].filter((time) => time > 1).length,
      ...(await flow.violations(database)),
    };
    report('nats-killed', {
      kills: KILLS,
      n: load.samples.length,
      statuses: load.statuses(),
      ...delaysOf(load.samples.map(({ ms }) => ms)),
      events: told.length,
      longest_to_first_ack_ms: Math.round(Math.max(...firstAcks)),
      ...violations,
      invariant_violations: sumOf(violations),
    });
    expect(Object.keys(load.statuses())).toEqual(['200']);
    expect(unseemly(load.samples, 2_500)).toEqual([]);
    expect(sumOf(violations)).toBe(0);
    expect(text).toMatch(/^0 differences$/m);
  });
});
