import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { demoConfiguration, freePort } from '@tandem/dev';
import type { AppProcess } from '@tandem/dev';
import { storedHash } from '@tandem/protocol';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { clientAssertion, PRIVATE_KEY_CLIENT } from '../support/client-assertion.js';
import { DemoClient } from '../support/demo-client.js';
import { GrantFlow, sumOf } from '../support/grant-flow.js';
import { Load } from '../support/load.js';
import { report, until } from '../support/measurement.js';
import { StatementGate } from '../support/statement-gate.js';

/** At each point. */
const KILLS = Number(process.env['POINT_KILLS'] ?? 2);
const SCOPE = 'openid offline_access read:orders';
/** A signed-in user is signed in again without a page within this. */
const AGAIN_MS = 1_000;

/** A request to the server that will be killed, and what it works on. */
interface Attempt {
  readonly statement: 'code_take' | 'refresh_rotate';
  /** The row that the statement takes. */
  readonly row: string;
  readonly hash: Buffer;
  readonly send: () => Promise<Response>;
}

/** What a client sees that comes again: taken as if nothing had happened, taken as its own repetition, or refused. */
type Outcome = '200' | '200, the same successor' | '400, revoked';

describe.each([0, 60])('the auth-server is killed at a known step, with a leeway of %i s', (leewaySeconds) => {
  let gate: StatementGate;
  let tandem: RunningTandem;
  let survivor: AppProcess;
  let database: Client;
  /** Holds rows that a statement waits for. */
  let holder: Client;
  let here: DemoClient;
  let there: DemoClient;
  beforeAll(async () => {
    const server = process.env['TEST_DATABASE_URL'] as string;
    gate = await StatementGate.start(server);
    const port = await freePort();
    tandem = await startTandem({
      apps: ['auth-server'],
      databaseServerUrl: gate.url,
      ports: { 'sample-client': port },
      config: demoConfiguration(`http://localhost:${port}`).replace(
        '- client_id: demo-web\n',
        `- client_id: demo-web\n    refresh_token: { leeway_seconds: ${leewaySeconds} }\n`,
      ),
    });
    // The other replica has a way of its own.
    const direct = new URL(tandem.databaseUrl);
    direct.host = new URL(server).host;
    survivor = await tandem.replica('auth-server', { DATABASE_URL: direct.href });
    [database, holder] = [direct, direct].map(({ href }) => new Client({ connectionString: href })) as [Client, Client];
    await Promise.all([database.connect(), holder.connect()]);
    here = new DemoClient(tandem);
    there = new DemoClient(tandem, `${survivor.url}/`);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([database?.end(), holder?.end()]);
    await tandem?.stop();
    await gate?.stop();
  }, 60_000);

  async function kill(): Promise<void> {
    tandem.app('auth-server').kill('SIGKILL');
    await tandem.app('auth-server').exited;
  }

  const running = async (statement: string): Promise<boolean> => {
    const { rowCount } = await database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
          AND query LIKE $1`,
      [
        statement === 'code_take'
          ? '%UPDATE authorization_codes SET consumed_at%'
          : '%UPDATE refresh_tokens SET consumed_at%',
      ],
    );
    return rowCount === 1;
  };

  /** Sends the attempt and kills the server at the point; whatever was answered does not reach the client. */
  const POINTS: Readonly<Record<string, (attempt: Attempt) => Promise<void>>> = {
    'before it was asked': () => kill(),
    'before PostgreSQL was asked': async ({ statement, send }) => {
      const reached = gate.halt(statement, 'before');
      void send().catch(() => undefined);
      await reached;
      await kill();
    },
    'while its statement waits for the row': async ({ statement, row, hash, send }) => {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM ${row} FOR UPDATE`, [hash]);
      void send().catch(() => undefined);
      expect(await until(() => running(statement), 5)).toBe(true);
      await kill();
      await holder.query('COMMIT');
      expect(await until(async () => !(await running(statement)), 5)).toBe(true);
    },
    'committed, not yet told': async ({ statement, send }) => {
      const reached = gate.halt(statement, 'after');
      void send().catch(() => undefined);
      await reached;
      await kill();
    },
    'while it signs': async ({ statement, send }) => {
      const reached = gate.halt(statement, 'after');
      void send().catch(() => undefined);
      await reached;
      gate.release();
      await kill();
    },
    'when it has answered': async ({ send }) => {
      await send();
      await kill();
    },
  };
  const isUntaken = (point: string): boolean => point.startsWith('before');

  const liveTokens = async (grantId: string): Promise<readonly Buffer[]> =>
    (
      await database.query<{ token_hash: Buffer }>(
        `SELECT token_hash FROM refresh_tokens JOIN grants USING (grant_id)
          WHERE grant_id = $1 AND consumed_at IS NULL AND revoked_at IS NULL`,
        [grantId],
      )
    ).rows.map(({ token_hash: hash }) => hash);

  /** Comes again at the other replica. */
  async function retry(grantId: string, send: () => Promise<Response>): Promise<Outcome> {
    const before = await liveTokens(grantId);
    const answer = await send();
    const { refresh_token: token } = (await answer.json()) as { refresh_token?: string };
    const after = await liveTokens(grantId);
    if (answer.status === 400) {
      expect(after).toEqual([]);
      return '400, revoked';
    }
    expect([answer.status, after]).toEqual([200, [storedHash(token as string)]]);
    return before[0]?.equals(after[0] as Buffer) === true ? '200, the same successor' : '200';
  }

  /** At the other replica, without a page. Milliseconds to the new tokens. */
  async function signInAgain(): Promise<number> {
    const began = performance.now();
    const url = here.authorizationUrl({ scope: SCOPE });
    url.port = new URL(survivor.url).port;
    const page = await here.agent.get(url);
    const code = page.form().fields.find(([name]) => name === 'code')?.[1] as string;
    expect((await there.exchangeFor(here, code)).status).toBe(200);
    return performance.now() - began;
  }

  const grantOfCode = async (code: string): Promise<string> =>
    (
      await database.query<{ grant_id: string }>('SELECT grant_id FROM authorization_codes WHERE code_hash = $1', [
        storedHash(code),
      ])
    ).rows[0]?.grant_id as string;

  async function exchange() {
    const { code = '' } = await here.signIn({ scope: SCOPE });
    return {
      attempt: {
        ...{ statement: 'code_take', row: 'authorization_codes WHERE code_hash = $1', hash: storedHash(code) },
        send: () => here.exchange(code),
      },
      grantId: await grantOfCode(code),
      again: () => there.exchangeFor(here, code),
    } as const;
  }

  async function refresh() {
    const { refresh_token: token = '', grant_id: grantId = '' } = await here.tokens(SCOPE);
    return {
      attempt: {
        ...{ statement: 'refresh_rotate', row: 'refresh_tokens WHERE token_hash = $1', hash: storedHash(token) },
        send: () => here.refresh(token),
      },
      grantId,
      again: () => there.refresh(token),
    } as const;
  }

  const requests = leewaySeconds === 0 ? { exchange, refresh } : { refresh };
  it.each(Object.entries(requests))(
    'is followed by the other replica as specified, at each step of one %s',
    async (what, prepare) => {
      const violations: Record<string, number> = {};
      for (const [point, strike] of Object.entries(POINTS)) {
        const outcomes: Record<string, number> = {};
        let slowest = 0;
        for (let round = 0; round < KILLS; round += 1) {
          const { attempt, grantId, again } = await prepare();
          await strike(attempt);
          const outcome = await retry(grantId, again);
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
          if (outcome === '400, revoked') slowest = Math.max(slowest, await signInAgain());
          await tandem.app('auth-server').start();
        }
        const taken: Outcome = leewaySeconds > 0 ? '200, the same successor' : '400, revoked';
        // What waited for the row may have been done for nobody, or not at all.
        const allowed = isUntaken(point) ? ['200'] : point.startsWith('while its') ? ['200', taken] : [taken];
        const found = await new GrantFlow(here, new Load()).violations(database);
        violations[point] = Object.keys(outcomes).filter((outcome) => !allowed.includes(outcome)).length + sumOf(found);
        report(`kill-points ${what}`, {
          ...{ leeway_s: leewaySeconds, point, n: KILLS, outcomes, signed_in_again_ms: Math.round(slowest) },
          ...{ ...found, invariant_violations: violations[point] },
        });
        expect(slowest).toBeLessThan(AGAIN_MS);
      }
      expect(violations).toEqual(Object.fromEntries(Object.keys(POINTS).map((point) => [point, 0])));
    },
  );

  if (leewaySeconds > 0) return;
  it('refuses an assertion that was kept before the server died, and takes the code with a new one', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const send = (base: string, code: string, assertion: Readonly<Record<string, string>>): Promise<Response> =>
      fetch(`${base}oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'authorization_code', code, redirect_uri: here.redirectUri, code_verifier: verifier },
          ...assertion,
        }),
      });
    const outcomes: Record<string, number> = {};
    for (let round = 0; round < KILLS; round += 1) {
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      const { code = '' } = await here.signIn({
        client_id: PRIVATE_KEY_CLIENT,
        scope: SCOPE,
        code_challenge: challenge,
      });
      const assertion = await clientAssertion(tandem.issuer);
      const reached = gate.halt('assertion_see', 'after');
      void send(tandem.issuer, code, assertion).catch(() => undefined);
      await reached;
      await kill();
      const same = await send(`${survivor.url}/`, code, assertion);
      const fresh = await send(`${survivor.url}/`, code, await clientAssertion(tandem.issuer));
      const outcome = `${same.status}, then ${fresh.status}`;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      await tandem.app('auth-server').start();
    }
    const isKept = Object.keys(outcomes).join() === '401, then 200';
    report('kill-points assertion', { n: KILLS, outcomes, invariant_violations: isKept ? 0 : 1 });
    expect(Object.keys(outcomes)).toEqual(['401, then 200']);
  });
});
