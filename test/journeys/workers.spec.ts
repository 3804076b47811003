import { once } from 'node:events';
import { createServer } from 'node:http';
import { freePort, gone, processExists } from '@tandem/dev';
import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { until } from '../support/measurement.js';

const TWO = { AUTH_SERVER_WORKERS: '2' };

interface Line {
  readonly pid: number;
  readonly msg: string;
}

const pidsThatSaid = (app: AppProcess, message: string): readonly number[] => {
  const lines = app.logs().flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
  return [...new Set(lines.flatMap(({ msg, pid }) => (msg === message ? [pid] : [])))].sort((a, b) => a - b);
};

/** Both workers, as soon as they serve. */
async function workersOf(app: AppProcess): Promise<readonly number[]> {
  const serving = (): readonly number[] => pidsThatSaid(app, 'listening').filter(processExists);
  expect(await until(async () => serving().length === 2, 20)).toBe(true);
  return serving();
}

describe('an auth-server with two workers', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'], env: TWO });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  it('signs in and answers for tokens, whichever worker a request reaches', async () => {
    const app = tandem.app('auth-server');
    const workers = await workersOf(app);
    const haveAnswered = async (): Promise<boolean> => {
      const client = new DemoClient(tandem);
      const { refresh_token: refreshToken } = await client.tokens('openid offline_access read:orders');
      expect((await client.refresh(refreshToken as string)).status).toBe(200);
      return workers.every((worker) => pidsThatSaid(app, 'request').includes(worker));
    };
    expect(await until(haveAnswered, 15)).toBe(true);
  });

  it('replaces a worker that was killed, and the other goes on', async () => {
    const app = tandem.app('auth-server');
    const [killed, other] = (await workersOf(app)) as [number, number];
    process.kill(killed, 'SIGKILL');
    expect(await gone(killed, 10)).toBe(true);
    const [...now] = await workersOf(app);
    expect(now).toContain(other);
    await new DemoClient(tandem).tokens('openid');
  });

  it('ends with all its workers, in good order, when it is told to', async () => {
    const replica = await tandem.replica('auth-server', TWO);
    const workers = await workersOf(replica);
    expect((await replica.stop())?.code).toBe(0);
    expect(workers.filter(processExists)).toEqual([]);
    expect(pidsThatSaid(replica, 'shutting down')).toEqual(workers);
  });

  it('ends its workers when it is killed itself', async () => {
    const replica = await tandem.replica('auth-server', TWO);
    const workers = await workersOf(replica);
    replica.kill('SIGKILL');
    for (const worker of workers) expect(await gone(worker, 10)).toBe(true);
  });

  it('ends with the reason when no worker can start, instead of trying for ever', async () => {
    const port = await freePort();
    const occupants = [port, port + 1].map((taken) => createServer().listen(taken, '127.0.0.1'));
    await Promise.all(occupants.map((occupant) => once(occupant, 'listening')));
    const starting = tandem.listeningReplica('auth-server', { ...TWO, MANAGEMENT_PORT: String(port) });
    await expect(starting.finally(() => occupants.forEach((occupant) => occupant.close()))).rejects.toThrow(
      /exit code 1[^]*EADDRINUSE/,
    );
  });
});
