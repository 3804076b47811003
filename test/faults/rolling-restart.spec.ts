import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import type { AppProcess } from '@tandem/dev';
import { DemoClient } from '../support/demo-client.js';
import { Load } from '../support/load.js';
import { delaysOf, report, until } from '../support/measurement.js';
import { RoundRobin } from '../support/round-robin.js';

const ROUNDS = Number(process.env['ROLLS'] ?? 5);
const PER_SECOND = 60;
const GRACE_SECONDS = 1;

describe('both replicas are restarted in turn under load', () => {
  let tandem: RunningTandem;
  let replicas: readonly AppProcess[];
  let balancer: RoundRobin;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'], env: { SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS) } });
    replicas = [tandem.app('auth-server'), await tandem.replica('auth-server')];
    balancer = await RoundRobin.start(() => replicas.filter(({ running }) => running).map(({ url }) => url));
  }, 60_000);
  afterAll(async () => {
    await balancer?.stop();
    await tandem?.stop();
  }, 60_000);

  it(`loses no request, ${ROUNDS} times each`, async () => {
    const client = new DemoClient(tandem);
    const through = new DemoClient(tandem, `${balancer.url}/`);
    let current = (await client.tokens('openid offline_access read:orders')).refresh_token as string;
    let isRefreshing = false;
    const load = new Load();
    // A chain of rotations and, beside it, what asks nothing of the chain.
    const one = async (): Promise<void> => {
      if (isRefreshing) return void (await load.send('jwks', () => fetch(`${balancer.url}/.well-known/jwks.json`)));
      isRefreshing = true;
      const answer = await load.send('refresh', () => through.refresh(current));
      if (answer?.status === 200) current = ((await answer.json()) as { refresh_token: string }).refresh_token;
      isRefreshing = false;
    };
    load.start(PER_SECOND, one);
    const codes: (number | null | undefined)[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const replica of replicas) {
        codes.push((await replica.stop())?.code);
        await replica.start();
        await replica.untilReady();
        expect(await until(async () => balancer.readyCount === replicas.length, 10)).toBe(true);
      }
    }
    await load.stop();
    const failed = load.samples.filter(({ status }) => status !== 200);
    report('rolling-restart', {
      restarts: codes.length,
      n: load.samples.length,
      statuses: load.statuses(),
      ...delaysOf(load.samples.map(({ ms }) => ms)),
      invariant_violations: failed.length,
    });
    expect(new Set(codes)).toEqual(new Set([0]));
    expect(failed.slice(0, 5)).toEqual([]);
  });
});
