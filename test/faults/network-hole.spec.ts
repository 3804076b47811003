import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { report, until } from '../support/measurement.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const STALENESS_SECONDS = 8;
const LATEST_MS = (STALENESS_SECONDS + 1) * 1_000;
const SCOPE = 'openid offline_access read:orders';

describe('the way from an API to NATS swallows everything', () => {
  let tandem: RunningTandem;
  let proxy: TcpProxy;
  let api: AppProcess;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'] });
    proxy = await TcpProxy.start(tandem.natsUrl);
    api = await tandem.replica('resource-api', {
      RESOURCE_API_INSTANCE: '2',
      NATS_SEED_FILE: tandem.natsSeeds.secondResourceApi,
      NATS_URL: proxy.url,
      REVOCATION_STALENESS_SECONDS: String(STALENESS_SECONDS),
    });
  }, 60_000);
  afterAll(async () => {
    await tandem?.stop();
    await proxy?.stop();
  }, 60_000);

  const atApi = (accessToken: string): Promise<Response> =>
    fetch(`${api.url}/orders`, { headers: { authorization: `Bearer ${accessToken}` } });
  const introspections = (): number =>
    tandem.logs('auth-server').filter((line) => line.includes('"path":"/oauth/introspect"')).length;

  it('counts from the last heartbeat, asks the auth-server then, and refuses when nobody can tell', async () => {
    const client = new DemoClient(tandem);
    const [revoked, alive, unseen] = [
      await client.tokens(SCOPE),
      await client.tokens(SCOPE),
      await client.tokens(SCOPE),
    ];
    for (const { access_token: token } of [revoked, alive]) expect((await atApi(token)).status).toBe(200);
    proxy.swallow();
    const cut = performance.now();
    expect((await client.revoke(revoked.refresh_token as string)).status).toBe(200);
    expect(await until(async () => (await atApi(revoked.access_token)).status === 401, 60)).toBe(true);
    const refusedAfter = performance.now() - cut;
    expect((await atApi(alive.access_token)).status).toBe(200);
    const asked = introspections();
    tandem.app('auth-server').kill('SIGSTOP');
    const unanswered = await atApi(unseen.access_token);
    const silent = { status: unanswered.status, retryAfter: unanswered.headers.get('retry-after') };
    tandem.app('auth-server').kill('SIGCONT');
    proxy.open();
    const opened = performance.now();
    // By itself again: no question for tokens whose answers were forgotten.
    const isLocal = async (): Promise<boolean> => {
      const before = introspections();
      const { status } = await atApi((await client.tokens(SCOPE)).access_token);
      return status === 200 && introspections() === before;
    };
    expect(await until(isLocal, 40)).toBe(true);
    report('network-hole', {
      staleness_s: STALENESS_SECONDS,
      refused_after_ms: Math.round(refusedAfter),
      introspections: asked,
      nobody_can_tell: silent.status,
      local_again_ms: Math.round(performance.now() - opened),
      invariant_violations: (refusedAfter > LATEST_MS ? 1 : 0) + (silent.status === 503 ? 0 : 1),
    });
    // The last heartbeat is as old as the pause between two of them at most, so never later than the staleness itself.
    expect(refusedAfter).toBeLessThanOrEqual(LATEST_MS);
    expect(asked).toBeGreaterThan(0);
    expect(silent).toEqual({ status: 503, retryAfter: '5' });
  });
});
