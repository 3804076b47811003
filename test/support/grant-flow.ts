import { storedHash } from '@tandem/protocol';
import type { Client } from 'pg';
import type { DemoClient } from './demo-client.js';
import type { Load } from './load.js';

interface Tokens {
  readonly refresh_token: string;
  readonly grant_id: string;
}

const SCOPE = { scope: 'openid offline_access read:orders' };

/** Issues, refreshes and revokes under load, and keeps what the server has acknowledged. */
export class GrantFlow {
  private readonly refreshTokens: string[] = [];
  private readonly revokedGrants: string[] = [];

  constructor(
    private readonly client: DemoClient,
    private readonly load: Load,
  ) {}

  get acknowledged(): { readonly tokens: number; readonly revocations: number } {
    return { tokens: this.refreshTokens.length, revocations: this.revokedGrants.length };
  }

  /** One grant's life: four requests, as far as they succeed. The browser is signed in already. */
  async run(): Promise<void> {
    const { client, load } = this;
    const page = await load.send('authorize', () => client.agent.get(client.authorizationUrl(SCOPE)));
    if (page?.status !== 200) return;
    const code = page.form().fields.find(([name]) => name === 'code')?.[1] ?? '';
    const issued = await this.tokens('exchange', () => client.exchange(code));
    if (issued === undefined) return;
    const refreshed = await this.tokens('refresh', () => client.refresh(issued.refresh_token));
    if (refreshed === undefined) return;
    const answer = await load.send('revoke', () => client.revoke(refreshed.refresh_token));
    if (answer?.status === 200) this.revokedGrants.push(issued.grant_id);
  }

  private async tokens(kind: string, request: () => Promise<Response>): Promise<Tokens | undefined> {
    const answer = await this.load.send(kind, request);
    if (answer?.status !== 200) return undefined;
    const tokens = (await answer.json()) as Tokens;
    this.refreshTokens.push(tokens.refresh_token);
    return tokens;
  }

  /** What was acknowledged and isn't there, and what must never be. */
  async violations(database: Client): Promise<Readonly<Record<string, number>>> {
    const count = async (sql: string, values: unknown[] = []): Promise<number> =>
      Number((await database.query<{ n: string }>(sql, values)).rows[0]?.n);
    const stored = await count('SELECT count(*) AS n FROM refresh_tokens WHERE token_hash = ANY ($1)', [
      this.refreshTokens.map(storedHash),
    ]);
    const revoked = await count(
      'SELECT count(*) AS n FROM grants WHERE grant_id = ANY ($1) AND revoked_at IS NOT NULL',
      [this.revokedGrants],
    );
    return {
      acknowledged_tokens_lost: this.refreshTokens.length - stored,
      acknowledged_revocations_lost: this.revokedGrants.length - revoked,
      codes_with_two_grants: await count(
        'SELECT count(*) AS n FROM (SELECT FROM authorization_codes GROUP BY code_hash HAVING count(DISTINCT grant_id) > 1) AS doubled',
      ),
      two_live_refresh_tokens: await count(
        `SELECT count(*) AS n FROM (SELECT FROM refresh_tokens r JOIN grants g USING (grant_id)
           WHERE r.consumed_at IS NULL AND g.revoked_at IS NULL GROUP BY r.grant_id HAVING count(*) > 1) AS doubled`,
      ),
      revoked_without_event: await count(
        `SELECT count(*) AS n FROM grants g WHERE g.revoked_at IS NOT NULL AND g.revoke_reason <> 'session_ended'
            AND NOT EXISTS (SELECT FROM outbox o WHERE o.event->>'grantId' = g.grant_id AND o.event->>'type' = 'grant.revoked')`,
      ),
    };
  }
}

export const sumOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, value) => sum + value, 0);
