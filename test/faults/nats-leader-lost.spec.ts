import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { report, until } from '../support/measurement.js';
import { NatsCluster } from '../support/nats-cluster.js';

const ROUNDS = 6;
/** Revocations while the cluster chooses another leader, one after the other. */
const REVOCATIONS = 5;
/** From the revocation to the first refusal. */
const LONGEST_MS = 1_000;

describe('the NATS server that leads the event stream is lost', () => {
  let cluster: NatsCluster;
  let tandem: RunningTandem;
  beforeAll(async () => {
    cluster = await NatsCluster.start();
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'], bus: cluster.bus });
  }, 120_000);
  afterAll(async () => {
    await tandem?.stop();
    await cluster?.stop();
  }, 60_000);

  const statusAtApi = async (accessToken: string): Promise<number> =>
    (await fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${accessToken}` } })).status;

  it(`refuses what is revoked meanwhile, ${ROUNDS} times`, async () => {
    const client = new DemoClient(tandem);
    const delays: number[][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const tokens = [];
      for (let made = 0; made < REVOCATIONS; made += 1)
        tokens.push(await client.tokens('openid offline_access read:orders'));
      for (const { access_token: token } of tokens) expect(await statusAtApi(token)).toBe(200);
      const leader = await cluster.leader();
      await cluster.endServer(leader, round % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
      const seen: number[] = [];
      for (const { access_token: token, refresh_token: refreshToken } of tokens) {
        const began = performance.now();
        expect((await client.revoke(refreshToken as string)).status).toBe(200);
        expect(await until(async () => (await statusAtApi(token)) === 401, 20)).toBe(true);
        seen.push(Math.round(performance.now() - began));
      }
      delays.push(seen);
      await cluster.startServer(leader);
      await cluster.whole();
    }
    const late = delays.flat().filter((delay) => delay >= LONGEST_MS);
    report('nats-leader-lost', {
      n: delays.flat().length,
      first_ms: delays.map(([first]) => first).join(' '),
      longest_ms: Math.max(...delays.flat()),
      invariant_violations: late.length,
    });
    expect(late).toEqual([]);
  });
});
