import { Client } from 'pg';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { delaysOf, report, until } from '../support/measurement.js';

const AWAY_SECONDS = 30;
/** From its return until the last token that was revoked meanwhile is refused. */
const REFUSED_MS = 5_000;
/** How it goes, and how it comes back. */
const WAYS: Readonly<
  Record<string, readonly [(tandem: RunningTandem) => unknown, (tandem: RunningTandem) => unknown]>
> = {
  stopped: [(tandem) => tandem.stopNats(), (tandem) => tandem.startNats()],
  frozen: [({ nats }) => nats.kill('SIGSTOP'), ({ nats }) => nats.kill('SIGCONT')],
};

describe.each(Object.entries(WAYS))('NATS is %s', (way, [take, giveBack]) => {
  let tandem: RunningTandem;
  let database: Client;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'] });
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    // A frozen process can not be asked to end.
    tandem?.nats.kill('SIGCONT');
    await database?.end();
    await tandem?.stop();
  }, 60_000);

  const count = async (sql: string): Promise<number> => Number((await database.query<{ n: string }>(sql)).rows[0]?.n);
  const waiting = (): Promise<number> =>
    count("SELECT count(*) AS n FROM outbox WHERE published_at IS NULL AND key <> 'heartbeat'");

  it(`accepts sign-ins, exchanges, refreshes and revocations for ${AWAY_SECONDS} s without it, then delivers every event`, async () => {
    const client = new DemoClient(tandem);
    await client.tokens('openid offline_access read:orders');
    await take(tandem);
    const answers: number[] = [];
    const durations: number[] = [];
    const revoked: string[] = [];
    const timed = async (request: () => Promise<Response>): Promise<Response> => {
      const began = performance.now();
      const response = await request();
      durations.push(performance.now() - began);
      answers.push(response.status);
      return response;
    };
    const end = performance.now() + AWAY_SECONDS * 1_000;
    while (performance.now() < end) {
      const { code } = await client.signIn({ scope: 'openid offline_access read:orders' });
      const tokens = (await (await timed(() => client.exchange(code as string))).json()) as {
        access_token: string;
        refresh_token: string;
      };
      const refreshed = (await (await timed(() => client.refresh(tokens.refresh_token))).json()) as {
        refresh_token: string;
        access_token: string;
      };
      await timed(() => client.revoke(refreshed.refresh_token));
      revoked.push(refreshed.access_token);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const depth = await waiting();
    await giveBack(tandem);
    const back = performance.now();
    expect(await until(async () => (await waiting()) === 0, 20)).toBe(true);
    const drained = performance.now() - back;
    const stillAccepted = async (): Promise<number> => {
      const statuses = await Promise.all(
        revoked.map(
          async (token) =>
            (await fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${token}` } })).status,
        ),
      );
      return statuses.filter((status) => status === 200).length;
    };
    const isRefused = await until(async () => (await stillAccepted()) === 0, 60);
    const refusedAfter = performance.now() - back;
    const accepted = isRefused ? 0 : await stillAccepted();
    report(`nats-${way}`, {
      requests: answers.length,
      failed: answers.filter((status) => status !== 200).length,
      ...delaysOf(durations),
      outbox_depth: depth,
      drain_ms: Math.round(drained),
      revoked: revoked.length,
      refused_after_ms: Math.round(refusedAfter),
      still_accepted: accepted,
      invariant_violations: accepted + answers.filter((status) => status !== 200).length,
    });
    expect(answers.every((status) => status === 200)).toBe(true);
    expect(depth).toBeGreaterThanOrEqual(revoked.length);
    expect(accepted).toBe(0);
    expect(refusedAfter).toBeLessThan(REFUSED_MS);
  });
});
