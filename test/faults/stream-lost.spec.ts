import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { provision } from '@tandem/messaging';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { report, until } from '../support/measurement.js';

describe('NATS loses its store', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'] });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  const statusAtApi = async (accessToken: string): Promise<number> =>
    (await fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${accessToken}` } })).status;

  it('refuses what was revoked before and after, once the stream is made again', async () => {
    const client = new DemoClient(tandem);
    const [before, during] = [
      await client.tokens('openid offline_access read:orders'),
      await client.tokens('openid offline_access read:orders'),
    ];
    expect((await client.revoke(before.refresh_token as string)).status).toBe(200);
    expect(await until(async () => (await statusAtApi(before.access_token)) === 401, 5)).toBe(true);
    await tandem.stopNats();
    rmSync(join(dirname(dirname(tandem.provisionerSeedFile)), 'store'), { recursive: true, force: true });
    expect((await client.revoke(during.refresh_token as string)).status).toBe(200);
    await tandem.startNats();
    await provision(tandem.natsUrl, tandem.provisionerSeedFile, { instances: ['1', '2'] });
    const back = performance.now();
    expect(await until(async () => (await statusAtApi(during.access_token)) === 401, 30)).toBe(true);
    const consistentAfter = Math.round(performance.now() - back);
    const atOnce = await statusAtApi(before.access_token);
    // And once more after a restart, when nothing is remembered.
    await tandem.app('resource-api').restart();
    await tandem.app('resource-api').untilReady();
    const all = [atOnce, await statusAtApi(before.access_token), await statusAtApi(during.access_token)];
    report('stream-lost', {
      consistent_after_ms: consistentAfter,
      invariant_violations: all.filter((status) => status !== 401).length,
    });
    expect(all).toEqual([401, 401, 401]);
  });
});
