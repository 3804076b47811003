import { freePort, inProject } from '@tandem/dev';
import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { report, until } from '../support/measurement.js';

const SKEWS = [-86_400, -90, -30, -4, 4, 30, 90, 86_400];
/** What an API forgives. */
const TOLERANCE_SECONDS = 10;
const SCOPE = 'openid offline_access read:orders';

describe('the clock of one replica is wrong', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'] });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  const env = (seconds: number): NodeJS.ProcessEnv => ({
    CLOCK_SHIFT_SECONDS: String(seconds),
    NODE_OPTIONS: `--import=${inProject('test/support/shifted-clock.mjs')}`,
  });
  const atApi = async (accessToken: string): Promise<number> =>
    (await fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${accessToken}` } })).status;
  const skewMetric = async (replica: AppProcess): Promise<number> => {
    const text = await (await fetch(`${replica.managementUrl}/metrics`)).text();
    return Number(/^clock_skew_seconds (\S+)/m.exec(text)?.[1]);
  };

  it.each(SKEWS)('keeps codes and refresh tokens as they are, and shows it: %d s', async (seconds) => {
    const replica = await tandem.listeningReplica('auth-server', env(seconds));
    const here = new DemoClient(tandem);
    const there = new DemoClient(tandem, `${replica.url}/`);
    const { code = '' } = await here.signIn({ scope: SCOPE });
    const exchanged = await there.exchangeFor(here, code);
    const refreshed = await there.refresh(((await exchanged.clone().json()) as Tokens).refresh_token);
    const back = await here.refresh(((await refreshed.clone().json()) as Tokens).refresh_token);
    const token = ((await refreshed.json()) as Tokens).access_token;
    const api = await atApi(token);
    const ready = await fetch(`${replica.url}/health/ready`);
    const checks = ((await ready.json()) as { checks: Record<string, string> }).checks;
    // Tokens from the future, and those that were dead when they were made, are refused and nothing worse.
    const expectedAtApi = seconds > TOLERANCE_SECONDS || seconds < -300 ? 401 : 200;
    const wrong = [exchanged, refreshed, back].filter(({ status }) => status !== 200).length;
    report('clock-skew', {
      invariant_violations: wrong + (api === expectedAtApi ? 0 : 1),
      skew_s: seconds,
      exchange: exchanged.status,
      refresh: refreshed.status,
      refresh_elsewhere: back.status,
      at_api: api,
      ready: ready.status,
    });
    await replica.stop();
    expect([exchanged.status, refreshed.status, back.status]).toEqual([200, 200, 200]);
    const isClose = Math.abs(seconds) <= 5;
    expect([ready.status, checks]).toEqual([isClose ? 200 : 503, { database: 'up', clock: isClose ? 'up' : 'down' }]);
    expect(api).toBe(expectedAtApi);
  });

  it('tells the difference as a metric', async () => {
    const replica = await tandem.replica('auth-server', { ...env(3), MANAGEMENT_PORT: String(await freePort()) });
    await until(async () => (await fetch(`${replica.url}/health/ready`)).ok, 5);
    expect(Math.abs((await skewMetric(replica)) - 3)).toBeLessThanOrEqual(1);
    await replica.stop();
  });
});

interface Tokens {
  readonly refresh_token: string;
  readonly access_token: string;
}
