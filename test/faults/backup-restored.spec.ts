import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { report, until } from '../support/measurement.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { operate } from '../support/replay.js';

const SCOPE = 'openid offline_access read:orders';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** A copy with owners and modes, as a backup of a stopped PostgreSQL is made. */
function copy(from: string, to: string): void {
  const { status, stderr } = spawnSync('cp', ['-a', from, to]);
  if (status !== 0) throw new Error(stderr.toString());
}

describe('PostgreSQL is restored to an older state', () => {
  let home: string;
  let postgres: OwnPostgres;
  let tandem: RunningTandem;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'tandem-backup-'));
    chmodSync(home, 0o711);
    mkdirSync(join(home, 'data'));
    postgres = await OwnPostgres.start({ dataDir: join(home, 'data') });
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'], databaseServerUrl: postgres.url });
  }, 60_000);
  afterAll(async () => {
    await tandem?.stop();
    await postgres?.stop();
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  const whileStopped = async (work: () => void): Promise<void> => {
    await tandem.app('auth-server').stop();
    await postgres.end('SIGINT');
    work();
    await postgres.startAgain();
  };
  const atApi = async ({ access_token: token }: Tokens): Promise<number> =>
    (await fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${token}` } })).status;
  const tokensOf = async (client: DemoClient) => (await client.tokens(SCOPE)) as unknown as Tokens;
  const refreshed = async (client: DemoClient, { refresh_token: token }: Tokens) =>
    (await (await client.refresh(token)).json()) as Tokens;

  it('refuses every token, code and session from before, whatever became of it since the backup', async () => {
    const app = tandem.app('auth-server');
    const client = new DemoClient(tandem);
    const [alive, revokedLater, rotatedLater] = [
      await tokensOf(client),
      await tokensOf(client),
      await tokensOf(client),
    ];
    const { code } = await client.signIn({ scope: SCOPE });
    await whileStopped(() => copy(join(home, 'data'), join(home, 'backup')));
    await app.start();
    await app.untilReady();
    expect((await client.revoke(revokedLater.refresh_token)).status).toBe(200);
    const successor = await refreshed(client, rotatedLater);
    const redeemed = (await (await client.exchange(code as string)).json()) as Tokens;
    const [issuedLater, revokedSoon] = [await tokensOf(client), await tokensOf(client)];
    expect((await client.revoke(revokedSoon.refresh_token)).status).toBe(200);
    const all = { alive, revokedLater, rotatedLater, successor, redeemed, issuedLater, revokedSoon };
    const revoked = [revokedLater, revokedSoon];
    await until(async () => (await Promise.all(revoked.map(atApi))).every((status) => status === 401), 5);
    for (const tokens of Object.values(all)) expect(await atApi(tokens)).toBe(revoked.includes(tokens) ? 401 : 200);

    await whileStopped(() => {
      renameSync(join(home, 'data'), join(home, 'lost'));
      copy(join(home, 'backup'), join(home, 'data'));
    });
    const outcome = await operate(tandem, ['restored']);
    expect(outcome).toEqual({ code: 0, text: expect.stringContaining('and 4 grants') });
    await app.start();
    const started = performance.now();
    await app.untilReady();
    const areRefused = async (): Promise<boolean> =>
      (await Promise.all(Object.values(all).map(atApi))).every((status) => status === 401);
    const isDone = await until(areRefused, 10);
    const refusedAfter = Math.round(performance.now() - started);
    // An API that starts now has only what PostgreSQL and the stream tell.
    await tandem.app('resource-api').restart();
    await tandem.app('resource-api').untilReady();
    const accepted = async (answers: Promise<readonly number[]>): Promise<number> =>
      (await answers).filter((status) => status !== 401 && status !== 400).length;
    const requests = Object.values(all);
    const violations = {
      accepted_by_running_api: isDone ? 0 : 1,
      accepted_by_restarted_api: await accepted(Promise.all(requests.map(atApi))),
      refreshed: await accepted(
        Promise.all(requests.map(async (tokens) => (await client.refresh(tokens.refresh_token)).status)),
      ),
      codes_taken: await accepted(client.exchange(code as string).then(({ status }) => [status])),
      sessions_alive: (await client.agent.open(client.authorizationUrl())).find('input[name="password"]').length - 1,
    };
    const fresh = await tokensOf(client);
    expect([await atApi(fresh), (await client.refresh(fresh.refresh_token)).status]).toEqual([200, 200]);
    expect((await client.revoke((await tokensOf(client)).refresh_token)).status).toBe(200);
    const last = await tokensOf(client);
    expect((await client.revoke(last.refresh_token)).status).toBe(200);
    const told = performance.now();
    expect(await until(async () => (await atApi(last)) === 401, 10)).toBe(true);
    report('backup-restored', {
      tokens: requests.length,
      refused_after_ms: refusedAfter,
      ...violations,
      revocation_told_after_ms: Math.round(performance.now() - told),
      invariant_violations: Object.values(violations).reduce((sum, value) => sum + Math.abs(value), 0),
    });
    expect(violations).toEqual(Object.fromEntries(Object.keys(violations).map((name) => [name, 0])));
  });
});
