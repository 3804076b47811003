import { Client } from 'pg';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { GrantFlow } from '../support/grant-flow.js';
import { Load, unseemly } from '../support/load.js';
import { delaysOf, report } from '../support/measurement.js';
import { openHandles, residentMiB, slopeOf } from '../support/process-figures.js';

const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 75);
/** Four requests each. */
const FLOWS_PER_SECOND = 25;
const LOOK_MS = 5_000;
/** Rows as old as this become two months older, so that the purge of every minute finds them. */
const YOUNG_SECONDS = 20;
/** No row stays longer: young, then waiting for the next ageing and the next purge. Some are made meanwhile. */
const LONGEST_ROW_SECONDS = 120;
/** From here on the figures of a process say something about leaks. */
const LONG_SECONDS = 600;
/** MiB a minute. An API remembers each of 1,500 revocations a minute for a day: some 350 bytes each are no leak. */
const MOST_GROWTH = { 'auth-server': 0.5, 'resource-api': 1 } as const;
const SCOPE = 'openid offline_access read:orders';

const OLD = `created_at < clock_timestamp() - interval '${YOUNG_SECONDS} s' AND expires_at > clock_timestamp()`;
const AGE = `
  WITH old AS (UPDATE grants SET expires_at = expires_at - interval '60 days' WHERE ${OLD} RETURNING grant_id),
       codes AS (UPDATE authorization_codes c SET expires_at = c.expires_at - interval '60 days' FROM old WHERE c.grant_id = old.grant_id),
       tokens AS (UPDATE refresh_tokens r SET expires_at = r.expires_at - interval '60 days' FROM old WHERE r.grant_id = old.grant_id),
       dead AS (UPDATE revocations d SET until = d.until - interval '60 days' FROM old WHERE d.id = old.grant_id)
  UPDATE outbox SET published_at = published_at - interval '60 days'
   WHERE published_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() - interval '${YOUNG_SECONDS} s'`;
/** Rows that one flow leaves in each table that the purge keeps small. */
const ROWS_OF_A_FLOW = {
  ...{ grants: 1, authorization_codes: 1, refresh_tokens: 2, revocations: 1, outbox: 1, grant_outbox: 1 },
} as const;
const TABLES = Object.keys(ROWS_OF_A_FLOW) as (keyof typeof ROWS_OF_A_FLOW)[];

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a hundred requests a second, for long', () => {
  let tandem: RunningTandem;
  let database: Client;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'], env: { LOG_LEVEL: 'error' } });
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);

  const rowsOf = async (): Promise<Record<string, number>> => {
    const counts = TABLES.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);
    return (await database.query<Record<string, number>>(`SELECT ${counts.join(', ')}`)).rows[0] ?? {};
  };

  it(
    `grows in nothing over ${SECONDS} s`,
    async () => {
      const client = new DemoClient(tandem);
      await client.tokens(SCOPE);
      const load = new Load();
      const flow = new GrantFlow(client, load);
      const call = async () => {
        const { access_token: token } = await client.tokens(SCOPE);
        return fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${token}` } });
      };
      const apps = (['auth-server', 'resource-api'] as const).map((name) => ({ name, pid: tandem.app(name).pid }));
      const looks: { at: number; memory: number[]; handles: number[]; rows: Record<string, number> }[] = [];
      const began = performance.now();
      load.start(FLOWS_PER_SECOND, () => flow.run());
      while (performance.now() - began < SECONDS * 1_000) {
        await pause(LOOK_MS);
        await database.query(AGE);
        await load.send('api', call);
        looks.push({
          at: (performance.now() - began) / 60_000,
          memory: apps.map(({ pid }) => residentMiB(pid)),
          handles: apps.map(({ pid }) => openHandles(pid)),
          rows: await rowsOf(),
        });
      }
      await load.stop();
      // What a process takes until it is warm is no leak.
      const later = looks.slice(Math.floor(looks.length / 3));
      const [first, last] = [later[0], later.at(-1)] as [(typeof looks)[number], (typeof looks)[number]];
      const most = Object.fromEntries(
        TABLES.map((table) => [table, Math.max(...looks.map(({ rows }) => rows[table] ?? 0))]),
      );
      const slopes = apps.map((_, index) => slopeOf(later.map(({ at, memory }) => [at, memory[index] as number])));
      const figures = apps.flatMap(({ name }, index) => [
        [`${name}_mib_first`, first.memory[index]],
        [`${name}_mib_last`, last.memory[index]],
        [`${name}_mib_per_minute`, Math.round((slopes[index] as number) * 100) / 100],
        [`${name}_handles_first`, first.handles[index]],
        [`${name}_handles_last`, last.handles[index]],
      ]);
      report('soak', {
        seconds: SECONDS,
        n: load.samples.length,
        statuses: load.statuses(),
        ...delaysOf(load.samples.map(({ ms }) => ms)),
        flows: flow.acknowledged.revocations,
        ...(Object.fromEntries(figures) as Record<string, number>),
        most_rows: most,
        rows_at_the_end: last.rows,
        invariant_violations: unseemly(load.samples, 2_500).length,
      });
      expect(unseemly(load.samples, 2_500)).toEqual([]);
      expect(flow.acknowledged.revocations).toBeGreaterThan(0.95 * FLOWS_PER_SECOND * SECONDS);
      const crowded = TABLES.filter(
        (table) => (most[table] as number) > ROWS_OF_A_FLOW[table] * FLOWS_PER_SECOND * LONGEST_ROW_SECONDS,
      );
      expect(crowded).toEqual([]);
      for (const [index, { name }] of apps.entries()) {
        // Connections that a client keeps for a while come and go.
        expect([name, (last.handles[index] as number) - (first.handles[index] as number) < 20]).toEqual([name, true]);
        if (SECONDS >= LONG_SECONDS)
          expect([name, (slopes[index] as number) < MOST_GROWTH[name]]).toEqual([name, true]);
      }
    },
    (SECONDS + 120) * 1_000,
  );
});
