import { Client } from 'pg';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { GrantFlow, sumOf } from '../support/grant-flow.js';
import { Load, unseemly } from '../support/load.js';
import { delaysOf, report, until } from '../support/measurement.js';
import { OwnPostgres } from '../support/own-postgres.js';

const MOST_CONNECTIONS = 40;
const AT_ONCE = 300;
const LONGEST_MS = 2_500;
const SCOPE = 'openid offline_access read:orders';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('PostgreSQL has nothing left to give', () => {
  let postgres: OwnPostgres;
  let tandem: RunningTandem;
  let outsiders: Client[];
  beforeAll(async () => {
    postgres = await OwnPostgres.start({ settings: { max_connections: String(MOST_CONNECTIONS) } });
    tandem = await startTandem({ apps: ['auth-server'], databaseServerUrl: postgres.url });
  }, 60_000);
  beforeEach(() => {
    outsiders = [];
  });
  afterAll(async () => {
    await tandem?.stop();
    await postgres?.stop();
  }, 60_000);

  async function anOutsider(): Promise<Client> {
    const client = new Client({ connectionString: tandem.databaseUrl });
    client.on('error', () => undefined);
    await client.connect();
    outsiders.push(client);
    return client;
  }
  const leave = async (): Promise<void> => void (await Promise.all(outsiders.map((client) => client.end())));

  async function expectRecovery(id: string, client: DemoClient, load: Load): Promise<void> {
    const left = performance.now();
    const works = async (): Promise<boolean> => (await client.agent.get(client.authorizationUrl())).status === 200;
    expect(await until(works, 10)).toBe(true);
    const recovery = performance.now() - left;
    const flow = new GrantFlow(client, new Load());
    await flow.run();
    const database = await anOutsider();
    const violations = await flow.violations(database);
    await database.end();
    report(id, {
      n: load.samples.length,
      statuses: load.statuses(),
      ...delaysOf(load.samples.map(({ ms }) => ms)),
      recovery_ms: Math.round(recovery),
      unseemly: unseemly(load.samples, LONGEST_MS).length,
      invariant_violations: sumOf(violations),
    });
    expect(flow.acknowledged).toEqual({ tokens: 2, revocations: 1 });
    expect(sumOf(violations)).toBe(0);
    expect(unseemly(load.samples, LONGEST_MS).slice(0, 5)).toEqual([]);
    expect(load.statuses()).toHaveProperty('503');
  }

  it(`refuses what it can not queue while every connection of the pool waits for a lock: ${AT_ONCE} at once`, async () => {
    const client = new DemoClient(tandem);
    const { refresh_token: token = '' } = await client.tokens(SCOPE);
    const holder = await anOutsider();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE refresh_tokens IN ACCESS EXCLUSIVE MODE');
    const load = new Load();
    await Promise.all(Array.from({ length: AT_ONCE }, () => load.send('revoke', () => client.revoke(token))));
    expect(Object.keys(load.statuses())).toEqual(['503']);
    await holder.query('ROLLBACK');
    await leave();
    await expectRecovery('pool-exhausted', client, load);
  });

  it('serves on the connections that it has, or refuses, while others have taken all that were left', async () => {
    const client = new DemoClient(tandem);
    await client.tokens(SCOPE);
    try {
      for (;;) await anOutsider();
    } catch (error) {
      expect((error as { code?: string }).code).toBe('53300');
    }
    const load = new Load();
    const flow = new GrantFlow(client, load);
    load.start(25, () => flow.run());
    await pause(4_000);
    await load.stop();
    expect(tandem.app('auth-server').running).toBe(true);
    await leave();
    const left = performance.now();
    expect(await until(async () => (await fetch(`${tandem.app('auth-server').url}/health/ready`)).ok, 10)).toBe(true);
    report('connections-exhausted', {
      n: load.samples.length,
      statuses: load.statuses(),
      ...delaysOf(load.samples.map(({ ms }) => ms)),
      outsiders: outsiders.length,
      ready_ms: Math.round(performance.now() - left),
      invariant_violations: unseemly(load.samples, LONGEST_MS).length,
    });
    expect(unseemly(load.samples, LONGEST_MS).slice(0, 5)).toEqual([]);
  });
});
