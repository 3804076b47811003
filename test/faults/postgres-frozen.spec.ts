import { Client } from 'pg';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { GrantFlow, sumOf } from '../support/grant-flow.js';
import { Load, unseemly } from '../support/load.js';
import { delaysOf, report, until } from '../support/measurement.js';
import { OwnPostgres } from '../support/own-postgres.js';

const FROZEN_SECONDS = 10;
/** Of each kind of request. */
const PER_SECOND = 4;
const LONGEST_MS = 2_500;
const SCOPE = 'openid offline_access read:orders';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('PostgreSQL is frozen', () => {
  let postgres: OwnPostgres;
  let tandem: RunningTandem;
  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'], databaseServerUrl: postgres.url });
  }, 60_000);
  afterAll(async () => {
    postgres?.thaw();
    await tandem?.stop();
    await postgres?.stop();
  }, 60_000);

  const loopLagMs = async (): Promise<number> => {
    const text = await (await fetch(`${tandem.managementUrls['auth-server']}/metrics`)).text();
    return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1]) * 1_000;
  };

  /** Tokens and codes to spend while nothing can be made. */
  async function prepare(client: DemoClient, count: number) {
    const codes: string[] = [];
    const grants: { refresh_token: string; access_token: string }[] = [];
    for (let made = 0; made < count; made += 1) {
      grants.push((await client.tokens(SCOPE)) as unknown as (typeof grants)[number]);
      codes.push((await client.signIn({ scope: SCOPE }))['code'] as string);
    }
    return { codes, grants };
  }

  it(`answers everything in time, never says that it revoked, and is well ${FROZEN_SECONDS} s later`, async () => {
    const client = new DemoClient(tandem);
    const { codes, grants } = await prepare(client, FROZEN_SECONDS * PER_SECOND);
    const url = tandem.app('auth-server').url;
    const load = new Load();
    await loopLagMs();
    postgres.freeze();
    const login = new DemoClient(tandem);
    load.start(PER_SECOND, async () => {
      const [code, grant] = [codes.pop(), grants.pop()];
      await Promise.all([
        load.send('live', () => fetch(`${url}/health/live`)),
        load.send('ready', () => fetch(`${url}/health/ready`)),
        load.send('jwks', () => fetch(`${url}/.well-known/jwks.json`)),
        load.send('discovery', () => fetch(`${url}/.well-known/openid-configuration`)),
        load.send('authorize', () => client.agent.get(client.authorizationUrl())),
        load.send('authorize-unknown', () => login.agent.get(login.authorizationUrl())),
        code && load.send('exchange', () => client.exchange(code)),
        grant && load.send('refresh', () => client.refresh(grant.refresh_token)),
        grant && load.send('revoke', () => client.revoke(grant.refresh_token)),
        grant &&
          load.send('userinfo', () =>
            fetch(`${url}/userinfo`, { headers: { authorization: `Bearer ${grant.access_token}` } }),
          ),
        grant &&
          load.send('api', () =>
            fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${grant.access_token}` } }),
          ),
      ]);
    });
    await pause(FROZEN_SECONDS * 1_000);
    await load.stop();
    const lag = await loopLagMs();
    postgres.thaw();
    const thawed = performance.now();
    expect(await until(async () => (await fetch(`${url}/health/ready`)).ok, 10)).toBe(true);
    const after = new Load();
    const flow = new GrantFlow(client, after);
    expect(await until(async () => (await client.agent.get(client.authorizationUrl())).status === 200, 10)).toBe(true);
    const recovery = performance.now() - thawed;
    await flow.run();
    const database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
    const violations = await flow.violations(database);
    await database.end();
    const kinds = [...new Set(load.samples.map(({ kind }) => kind))];
    const of = (kind: string) => load.samples.filter((sample) => sample.kind === kind);
    for (const kind of kinds)
      report(`postgres-frozen ${kind}`, {
        n: of(kind).length,
        statuses: load.statuses(of(kind)),
        ...delaysOf(of(kind).map(({ ms }) => ms)),
        invariant_violations: unseemly(of(kind), LONGEST_MS).length,
      });
    report('postgres-frozen', {
      n: load.samples.length,
      ...delaysOf(load.samples.map(({ ms }) => ms)),
      event_loop_p99_ms: Math.round(lag),
      recovery_ms: Math.round(recovery),
      unseemly: unseemly(load.samples, LONGEST_MS).length,
      ...violations,
      invariant_violations: sumOf(violations),
    });
    expect(unseemly(load.samples, LONGEST_MS).slice(0, 5)).toEqual([]);
    for (const kind of ['live', 'jwks', 'discovery']) expect(Object.keys(load.statuses(of(kind)))).toEqual(['200']);
    for (const kind of ['ready', 'exchange', 'refresh', 'revoke', 'authorize', 'api'])
      expect([kind, Object.keys(load.statuses(of(kind)))]).toEqual([kind, ['503']]);
    expect(lag).toBeLessThan(100);
    expect(sumOf(violations)).toBe(0);
  });
});
