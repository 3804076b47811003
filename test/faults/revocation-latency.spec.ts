import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { delaysOf, report } from '../support/measurement.js';

const ROUNDS = 200;

describe('revoked tokens at two APIs under load', () => {
  let tandem: RunningTandem;
  let second: AppProcess;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'] });
    second = await tandem.replica('resource-api', {
      RESOURCE_API_INSTANCE: '2',
      NATS_SEED_FILE: tandem.natsSeeds.secondResourceApi,
    });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  /** Calls an API without pause from before the revocation on. Resolves to when the last call was accepted. */
  function callUntilRefused(
    url: string,
    accessToken: string,
  ): { readonly lastAccepted: Promise<number>; readonly accepted: Promise<void> } {
    let first: () => void = () => undefined;
    const accepted = new Promise<void>((resolve) => (first = resolve));
    const run = async (): Promise<number> => {
      let last = 0;
      for (;;) {
        const { status } = await fetch(`${url}/orders`, { headers: { authorization: `Bearer ${accessToken}` } });
        if (status !== 200) return last;
        last = performance.now();
        first();
      }
    };
    return { lastAccepted: run(), accepted };
  }

  it(`refuses a token at both within a second of its revocation, ${ROUNDS} times, without introspection`, async () => {
    const client = new DemoClient(tandem);
    const delays: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const tokens = await client.tokens('openid offline_access read:orders');
      const loads = [tandem.resourceApiUrl, second.url].map((url) => callUntilRefused(url, tokens.access_token));
      await Promise.all(loads.map(({ accepted }) => accepted));
      expect((await client.revoke(tokens.refresh_token as string)).status).toBe(200);
      const revokedAt = performance.now();
      for (const { lastAccepted } of loads) delays.push(Math.max(0, (await lastAccepted) - revokedAt));
    }
    const introspections = tandem
      .logs('auth-server')
      .filter((line) => line.includes('"path":"/oauth/introspect"')).length;
    const late = delays.filter((delay) => delay >= 1_000).length;
    report('revocation-latency', { n: delays.length, ...delaysOf(delays), introspections, invariant_violations: late });
    expect(Math.max(...delays)).toBeLessThan(1_000);
    expect(delaysOf(delays).p99_ms).toBeLessThanOrEqual(250);
    expect(introspections).toBe(0);
  });
});
