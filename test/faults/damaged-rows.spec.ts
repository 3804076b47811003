import { Client } from 'pg';
import { inProject } from '@tandem/dev';
import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { GrantFlow, sumOf } from '../support/grant-flow.js';
import { Load, unseemly } from '../support/load.js';
import { report, until } from '../support/measurement.js';

const SCOPE = 'openid offline_access read:orders';
const FLOWS_PER_SECOND = 5;
/** From the mistake to the end of the process. */
const EXIT_MS = 2_000;
const REFUSED_SECONDS = 3;
/** What a hand or a disk may leave where an event should be. */
const POISON: Readonly<Record<string, string>> = {
  'an event of an unknown type': `'{"type": "moon.eclipsed", "at": 1}'`,
  'an event without what it needs': `'{"type": "token.revoked", "at": 1}'`,
  'an event that is too large': `jsonb_build_object('type', 'token.revoked', 'jti', repeat('x', 100000))`,
  'no event': `'null'`,
  text: `'"revoked"'`,
};

describe('what should never happen', () => {
  let tandem: RunningTandem;
  let other: AppProcess;
  let database: Client;
  /** Its requests go to the other replica; the browser's cookies are for both. */
  let there: DemoClient;
  beforeAll(async () => {
    const env = { NODE_OPTIONS: `--import=${inProject('test/support/rejecting-on-signal.mjs')}` };
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'], env });
    other = await tandem.replica('auth-server');
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
    const { sampleClientUrl } = tandem;
    there = new DemoClient({ issuer: `http://localhost:${new URL(other.url).port}/`, sampleClientUrl });
    await there.tokens(SCOPE);
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);

  const atApi = async (token: string): Promise<number> =>
    (await fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${token}` } })).status;

  /** Works at the other replica meanwhile, with a browser that is signed in. */
  async function served<Result>(work: () => Promise<Result>) {
    const load = new Load();
    const flow = new GrantFlow(there, load);
    load.start(FLOWS_PER_SECOND, () => flow.run());
    const result = await work();
    await load.stop();
    const violations = {
      failed: load.samples.filter(({ status }) => status !== 200).length,
      ...(await flow.violations(database)),
    };
    expect(unseemly(load.samples, 2_500)).toEqual([]);
    return { result, figures: { n: load.samples.length, ...violations, invariant_violations: sumOf(violations) } };
  }

  it.each(['auth-server', 'resource-api'] as const)(
    'ends the %s at once when a promise fails that nobody waits for, and the other auth-server goes on',
    async (name) => {
      const app = tandem.app(name);
      const { result, figures } = await served(async () => {
        const began = performance.now();
        app.kill('SIGUSR2');
        const { code } = await app.exited;
        const ms = Math.round(performance.now() - began);
        await app.start();
        await app.untilReady();
        return { exit_code: code ?? -1, exit_ms: ms, ready_again_ms: Math.round(performance.now() - began) };
      });
      report(`unhandled-rejection ${name}`, { ...result, ...figures });
      expect(result.exit_code).toBe(1);
      expect(result.exit_ms).toBeLessThan(EXIT_MS);
      expect(figures.invariant_violations).toBe(0);
    },
  );

  it('goes on with a damaged signing key where it runs, and tells which key it is where it starts', async () => {
    const app = tandem.app('auth-server');
    const damaged = await database.query<{ kid: string; sealed_private: Buffer }>(
      "SELECT kid, sealed_private FROM signing_keys WHERE alg = 'RS256' AND retired_at IS NULL",
    );
    const { kid = '', sealed_private: sealed } = damaged.rows[0] ?? {};
    await database.query("UPDATE signing_keys SET sealed_private = sealed_private || '\\x00' WHERE kid = $1", [kid]);
    // Whoever runs is told to read the keys again.
    await database.query("SELECT pg_notify('outbox', 'keys.rotated keys')");
    const { result, figures } = await served(async () => {
      await app.stop();
      const began = performance.now();
      const refusal = await app.start().then(
        () => 'it started',
        (error: Error) => error.message,
      );
      return { refusal, exit_ms: Math.round(performance.now() - began) };
    });
    const { access_token: token } = await there.tokens(SCOPE);
    const signed = await atApi(token);
    await database.query('UPDATE signing_keys SET sealed_private = $2 WHERE kid = $1', [kid, sealed]);
    await app.start();
    await app.untilReady();
    const isTold = result.refusal.includes(kid) && result.refusal.includes('exit code 1');
    report('damaged-signing-key', {
      told: isTold ? 1 : 0,
      exit_ms: result.exit_ms,
      accepted_at_api: signed,
      ...figures,
    });
    expect(result.refusal).toContain('exit code 1');
    expect(result.refusal).toContain(kid);
    expect(signed).toBe(200);
    expect(figures.invariant_violations).toBe(0);
  });

  it.each(Object.entries(POISON))('tells revocations past %s in the outbox', async (what, event) => {
    await database.query(`INSERT INTO outbox (key, event) VALUES ('poison', ${event})`);
    const { access_token: token, refresh_token: refreshToken = '' } = await there.tokens(SCOPE);
    expect(await atApi(token)).toBe(200);
    expect((await there.revoke(refreshToken)).status).toBe(200);
    const began = performance.now();
    const isRefused = await until(async () => (await atApi(token)) === 401, REFUSED_SECONDS);
    const refusedAfter = Math.round(performance.now() - began);
    const isRunning = tandem.app('auth-server').running && tandem.app('resource-api').running && other.running;
    // By hand, as an operator does.
    await database.query("DELETE FROM outbox WHERE key = 'poison'");
    const waiting = async (): Promise<number> =>
      Number(
        (await database.query<{ n: string }>('SELECT count(*) AS n FROM outbox WHERE published_at IS NULL')).rows[0]?.n,
      );
    const isDrained = await until(async () => (await waiting()) === 0, 10);
    report('poison-event', {
      ...{ what, refused_after_ms: refusedAfter },
      invariant_violations: [isRefused, isRunning, isDrained].filter((isSo) => !isSo).length,
    });
    expect([isRefused, isRunning, isDrained]).toEqual([true, true, true]);
  });
});
