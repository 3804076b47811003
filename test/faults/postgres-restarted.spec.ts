import { Client } from 'pg';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { GrantFlow, sumOf } from '../support/grant-flow.js';
import { Load, unseemly } from '../support/load.js';
import { delaysOf, report, until } from '../support/measurement.js';
import { OwnPostgres } from '../support/own-postgres.js';

/** Four requests each: about 50 requests a second. */
const FLOWS_PER_SECOND = 13;
const LONGEST_MS = 2_500;
const HOW = { fast: 'SIGINT', immediate: 'SIGQUIT', killed: 'SIGKILL' } as const;

const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * 1_000));

describe('PostgreSQL is restarted under load', () => {
  let postgres: OwnPostgres;
  let tandem: RunningTandem;
  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'], databaseServerUrl: postgres.url });
  }, 60_000);
  afterAll(async () => {
    await tandem?.stop();
    await postgres?.stop();
  }, 60_000);

  it.each(['fast', 'immediate', 'killed'] as const)('keeps what was acknowledged and serves again: %s', async (how) => {
    const app = tandem.app('auth-server');
    const { pid } = app;
    const client = new DemoClient(tandem);
    await client.tokens('openid offline_access read:orders');
    const load = new Load();
    const flow = new GrantFlow(client, load);
    load.start(FLOWS_PER_SECOND, () => flow.run());
    await seconds(3);
    const broken = performance.now();
    await postgres.end(HOW[how]);
    // Somebody, or the container engine, needs a moment to notice.
    await seconds(1);
    await postgres.startAgain();
    const back = performance.now();
    const isReady = async (): Promise<boolean> => (await fetch(`${app.url}/health/ready`)).ok;
    expect(await until(isReady, 10)).toBe(true);
    const ready = performance.now();
    await seconds(3);
    await load.stop();
    const { samples } = load;
    const failed = samples.filter(({ status }) => status !== 200);
    const firstSuccess = Math.min(...samples.filter(({ at, status }) => at > back && status === 200).map((s) => s.at));
    const database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
    const violations = await flow.violations(database);
    await database.end();
    report(`postgres-${how}`, {
      n: samples.length,
      statuses: load.statuses(),
      ...delaysOf(samples.map(({ ms }) => ms)),
      ...{ tokens: flow.acknowledged.tokens, revocations: flow.acknowledged.revocations, ...violations },
      outage_ms: Math.round(Math.max(...failed.map(({ at }) => at)) - broken),
      first_success_ms: Math.round(firstSuccess - back),
      ready_ms: Math.round(ready - back),
      unseemly: unseemly(samples, LONGEST_MS).length,
      invariant_violations: sumOf(violations),
    });
    expect({ running: app.running, pid: app.pid }).toEqual({ running: true, pid });
    expect(unseemly(samples, LONGEST_MS).slice(0, 5)).toEqual([]);
    expect(sumOf(violations)).toBe(0);
    expect(failed.filter(({ at }) => at > ready + 1_000)).toEqual([]);
    expect(tandem.logs().filter((line) => line.includes('unhandled'))).toEqual([]);
  });
});
