import { Client } from 'pg';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { report, until } from '../support/measurement.js';
import { replay } from '../support/replay.js';

const KILLS = Number(process.env['KILLS'] ?? 80);

describe('the auth-server is killed at random while it issues and revokes', () => {
  let tandem: RunningTandem;
  let database: Client;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'] });
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);

  const count = async (sql: string, values: unknown[] = []): Promise<number> =>
    Number((await database.query<{ n: string }>(sql, values)).rows[0]?.n);

  it(`keeps every acknowledged change with its event, over ${KILLS} kills`, async () => {
    const acknowledged: { grantId: string; refreshToken: string }[] = [];
    const app = tandem.app('auth-server');
    let issued = 0;
    let stopped = false;
    const work = async (): Promise<void> => {
      while (!stopped) {
        try {
          const client = new DemoClient(tandem);
          for (let round = 0; round < 5 && !stopped; round += 1) {
            const tokens = await client.tokens('openid offline_access read:orders');
            issued += 1;
            const answer = await client.revoke(tokens.refresh_token as string);
            if (answer.status === 200)
              acknowledged.push({ grantId: tokens.grant_id as string, refreshToken: tokens.refresh_token as string });
          }
        } catch {
          // The server is dead at the moment: what it acknowledged before is what counts.
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    const workers = Array.from({ length: 4 }, work);
    for (let kill = 0; kill < KILLS; kill += 1) {
      // Only a server that is at work can be killed at work.
      const before = issued;
      await until(async () => issued > before, 5);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      app.kill('SIGKILL');
      await app.exited;
      await app.start();
    }
    stopped = true;
    await Promise.all(workers);
    await until(async () => (await count('SELECT count(*) AS n FROM outbox WHERE published_at IS NULL')) === 0, 20);
    const ids = acknowledged.map(({ grantId }) => grantId);
    const violations = {
      acknowledged_but_alive: await count(
        'SELECT count(*) AS n FROM grants WHERE grant_id = ANY ($1) AND revoked_at IS NULL',
        [ids],
      ),
      revoked_without_event: await count(
        `SELECT count(*) AS n FROM grants g WHERE g.revoked_at IS NOT NULL AND g.revoke_reason <> 'session_ended'
            AND NOT EXISTS (SELECT FROM outbox o WHERE o.event->>'grantId' = g.grant_id AND o.event->>'type' = 'grant.revoked')`,
      ),
      event_without_revocation: await count(
        `SELECT count(*) AS n FROM outbox o WHERE o.event->>'type' = 'grant.revoked'
            AND NOT EXISTS (SELECT FROM grants g WHERE g.grant_id = o.event->>'grantId' AND g.revoked_at IS NOT NULL)`,
      ),
      codes_with_two_families: await count(
        'SELECT count(*) AS n FROM (SELECT code_hash FROM authorization_codes GROUP BY code_hash HAVING count(DISTINCT grant_id) > 1) AS doubled',
      ),
      two_live_refresh_tokens: await count(
        `SELECT count(*) AS n FROM (SELECT r.grant_id FROM refresh_tokens r JOIN grants g USING (grant_id)
           WHERE r.consumed_at IS NULL AND g.revoked_at IS NULL GROUP BY r.grant_id HAVING count(*) > 1) AS doubled`,
      ),
      unpublished: await count('SELECT count(*) AS n FROM outbox WHERE published_at IS NULL'),
    };
    const { text } = await replay(tandem);
    const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);
    const total = Object.values(violations).reduce((sum, value) => sum + value, 0);
    report('crashes', {
      kills: KILLS,
      issued,
      acknowledged_revocations: ids.length,
      ...violations,
      invariant_violations: total,
      grants_replayed: number(/(\d+) compared/),
      grants_that_differ: number(/(\d+) differences/),
    });
    expect(ids.length).toBeGreaterThan(KILLS / 2);
    expect(total).toBe(0);
    expect(text).toMatch(/^0 differences$/m);
    expect(text).toContain(' 0 refused');
  });
});
