import { jetstream } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { Client } from 'pg';
import { parse } from 'yaml';
import { DemoClient } from '../support/demo-client.js';
import { operate, replay } from '../support/replay.js';

const SCOPE = 'openid offline_access read:orders write:orders';

describe('replaying the event streams', () => {
  let tandem: RunningTandem;
  let database: Client;
  beforeAll(async () => {
    const ports = { 'auth-server': await freePort(), 'sample-client': await freePort() };
    // The demo's client, allowed to manage its users' grants.
    const config = parse(demoConfiguration(`http://localhost:${ports['sample-client']}`)) as {
      clients: { audiences?: string[] }[];
    };
    config.clients[0]?.audiences?.push(`http://localhost:${ports['auth-server']}/grants`);
    tandem = await startTandem({ apps: ['auth-server'], ports, config });
    database = new Client({ connectionString: tandem.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
  }, 60_000);

  const grantIdOf = async (client: DemoClient, scope = SCOPE): Promise<string> =>
    (await client.tokens(scope)).grant_id as string;
  const endSession = async (client: DemoClient): Promise<void> => {
    const page = await client.agent.open(new URL(`${tandem.issuer}oidc/logout`));
    await client.agent.submit(page.form());
  };

  /** One of everything that can become of a grant. */
  async function live(): Promise<string> {
    const refreshed = new DemoClient(tandem);
    const tokens = await refreshed.tokens(SCOPE);
    expect((await refreshed.refresh(tokens.refresh_token as string)).status).toBe(200);

    const manager = new DemoClient(tandem);
    const { code } = await manager.signIn({
      scope: 'openid grant_management_query grant_management_revoke',
      audience: `${tandem.issuer}grants`,
    });
    const managing = (await (await manager.exchange(code as string)).json()) as { access_token: string };
    const withdrawn = await fetch(`${tandem.issuer}grants/${tokens.grant_id as string}/withdraw`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${managing.access_token}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'scope=write:orders',
    });
    expect([withdrawn.status, await withdrawn.text()]).toMatchObject([200, expect.stringContaining('read:orders')]);

    const merging = new DemoClient(tandem);
    const merged = await grantIdOf(merging, 'openid offline_access read:orders');
    const management = { grant_id: merged, scope: 'openid offline_access write:orders' };
    for (const grant_management_action of ['merge', 'replace'])
      expect((await merging.signIn({ ...management, grant_management_action })).code).toBeDefined();

    const revoked = new DemoClient(tandem);
    const gone = await revoked.tokens(SCOPE);
    expect((await revoked.revoke(gone.refresh_token as string)).status).toBe(200);

    const ending = new DemoClient(tandem);
    await ending.tokens('openid read:orders');
    await ending.tokens(SCOPE);
    await endSession(ending);
    return merged;
  }

  it('shows the grants as PostgreSQL has them, whatever became of them', async () => {
    const merged = await live();
    const { code, text } = await replay(tandem);
    expect(text).toContain('0 differences');
    expect(text).toMatch(/[1-9]\d* events read, 0 refused/);
    expect(text).toContain('0 older than the record');
    expect(code).toBe(0);
    const { rows } = await database.query<{ scope: string[] }>('SELECT scope FROM grants WHERE grant_id = $1', [
      merged,
    ]);
    expect(rows[0]?.scope).toEqual(['openid', 'offline_access', 'write:orders']);
  }, 60_000);

  it('shows every difference and ends with 1 when PostgreSQL was falsified', async () => {
    const client = new DemoClient(tandem);
    const [widened, deleted, invented] = [
      await grantIdOf(client),
      (await client.tokens(SCOPE)).grant_id as string,
      'gr_invented',
    ];
    const other = await client.tokens(SCOPE);
    await client.revoke(other.refresh_token as string);
    expect((await replay(tandem)).code).toBe(0);
    await database.query('CREATE TABLE true_grants AS SELECT * FROM grants');
    await database.query(`UPDATE grants SET scope = scope || '{admin}' WHERE grant_id = $1`, [widened]);
    await database.query('UPDATE grants SET revoked_at = NULL WHERE grant_id = $1', [other.grant_id]);
    await database.query('DELETE FROM grants WHERE grant_id = $1', [deleted]);
    await database.query(
      `INSERT INTO grants (grant_id, user_id, client_id, sid, scope, audience, auth_time, acr, amr, expires_at)
       SELECT $1, user_id, client_id, sid, scope, audience, auth_time, acr, amr, expires_at FROM grants WHERE grant_id = $2`,
      [invented, widened],
    );
    const { code, text } = await replay(tandem);
    expect(code).toBe(1);
    expect(
      text
        .split('\n')
        .filter((line) => line.startsWith('gr_'))
        .toSorted(),
    ).toEqual(
      [
        `${widened}: scope is "openid offline_access read:orders write:orders" by the events, "openid offline_access read:orders write:orders admin" in PostgreSQL`,
        `${other.grant_id as string}: ended is true by the events, false in PostgreSQL`,
        `${deleted}: told by events, not in PostgreSQL`,
        `${invented}: in PostgreSQL, told by no event`,
      ].toSorted(),
    );
    expect(text).toContain('4 differences');
    await database.query('DELETE FROM grants');
    await database.query('INSERT INTO grants SELECT * FROM true_grants');
    await database.query('DROP TABLE true_grants');
    expect((await replay(tandem)).code).toBe(0);
  }, 120_000);

  it('shows that the grants of a disabled user have ended', async () => {
    const client = new DemoClient(tandem);
    for (const scope of [SCOPE, 'openid read:orders']) await client.tokens(scope);
    expect((await operate(tandem, ['users', 'disable', 'alice@example.com'])).text).toContain('disabled');
    const alive = await database.query('SELECT FROM grants WHERE revoked_at IS NULL');
    expect(alive.rows).toEqual([]);
    const { code, text } = await replay(tandem);
    await database.query('UPDATE users SET disabled_at = NULL');
    expect(text).toContain('0 differences');
    expect(code).toBe(0);
  }, 60_000);

  it('refuses what somebody else put into a stream, and ends with 1', async () => {
    const seed = new TextEncoder().encode(readFileSync(tandem.natsSeeds.relay, 'utf8').trim());
    const connection = await connect({
      servers: tandem.natsUrl,
      authenticator: nkeyAuthenticator(seed),
      inboxPrefix: '_INBOX_relay',
    });
    await jetstream(connection).publish('oidc.grants.v1.told', 'forged');
    await connection.close();
    const { code, text } = await replay(tandem);
    expect(code).toBe(1);
    expect(text).toContain('1 refused');
  }, 60_000);
});
