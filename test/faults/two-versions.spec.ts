import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { inProject } from '@tandem/dev';
import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { buildEarlierVersion, commitBeforeLastMigration } from '../support/earlier-version.js';
import type { EarlierVersion } from '../support/earlier-version.js';
import { GrantFlow, sumOf } from '../support/grant-flow.js';
import { Load } from '../support/load.js';
import { delaysOf, report, until } from '../support/measurement.js';

const ROUNDS = 20;
const FLOWS_PER_SECOND = 5;
const SCOPE = 'openid offline_access read:orders';

const commit = commitBeforeLastMigration();
if (commit === undefined)
  console.warn('two-versions: skipped, since the history with an earlier schema is not at hand');

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

(commit === undefined ? describe.skip : describe)('an earlier version serves beside this one', () => {
  let earlier: EarlierVersion;
  let tandem: RunningTandem;
  let old: AppProcess;
  let database: Client;
  let env: NodeJS.ProcessEnv;
  let drop: () => Promise<void>;

  const command = (program: string, ...words: readonly string[]): Promise<unknown> =>
    promisify(execFile)(process.execPath, [program, ...words], { env: { PATH: process.env['PATH'], ...env } });

  beforeAll(async () => {
    earlier = buildEarlierVersion(commit as string);
    tandem = await startTandem({ apps: [] });
    const name = `earlier_${randomBytes(8).toString('hex')}`;
    const url = new URL(process.env['TEST_DATABASE_URL'] as string);
    const administrator = new Client({ connectionString: url.href });
    await administrator.connect();
    await administrator.query(`CREATE DATABASE ${name}`);
    drop = async () => {
      await administrator.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await administrator.end();
    };
    url.pathname = `/${name}`;
    env = {
      ...{ DATABASE_URL: url.href, ISSUER: tandem.issuer, NODE_ENV: 'test', TANDEM_CONFIG: tandem.configFile },
      KEY_ENCRYPTION_KEY_FILE: join(dirname(tandem.configFile), 'secrets/key-encryption-key'),
    };
    const configFile = join(dirname(tandem.configFile), 'earlier.yaml');
    writeFileSync(configFile, earlier.configuration(tandem.sampleClientUrl));
    await command(earlier.commandLine, 'migrate');
    const place = { AUTH_SERVER_PORT: new URL(tandem.issuer).port, TANDEM_CONFIG: configFile, DATABASE_URL: url.href };
    old = await tandem.replica('auth-server', place, earlier.program);
    database = new Client({ connectionString: url.href });
    await database.connect();
  }, 240_000);
  afterAll(async () => {
    await database?.end();
    await tandem?.stop();
    await drop?.();
    earlier?.remove();
  }, 60_000);

  it('redeems, refreshes and revokes what the other one issued, over the migration and back', async () => {
    const client = new DemoClient(tandem);
    const load = new Load();
    const call = async <Answer extends { readonly status: number; readonly headers: Headers }>(
      kind: string,
      request: () => Promise<Answer>,
    ): Promise<Answer> => {
      const answer = await load.send(kind, request);
      if (answer === undefined) throw new Error(`${kind}: no answer`);
      return answer;
    };
    const before = await client.tokens(SCOPE);
    const flow = new GrantFlow(client, load);
    // The schema is migrated under load; the servers of before go on.
    load.start(FLOWS_PER_SECOND, () => flow.run());
    await command(inProject('apps/auth-server/bundle/tandem.js'), 'migrate');
    const now = await tandem.replica('auth-server', { DATABASE_URL: env['DATABASE_URL'] });
    const api = await tandem.replica('resource-api');
    await load.stop();

    const ports = { old: new URL(old.url).port, new: new URL(now.url).port };
    const base = { old: `${old.url}/`, new: `${now.url}/` };
    const at = (version: 'old' | 'new') => new DemoClient(tandem, base[version]);
    const codeFrom = async (version: 'old' | 'new'): Promise<string> => {
      const url = client.authorizationUrl({ scope: SCOPE });
      url.port = ports[version];
      const page = await call(`authorize, ${version}`, () => client.agent.get(url));
      return page.form().fields.find(([name]) => name === 'code')?.[1] as string;
    };
    const statusAtApi = async (token: string): Promise<number> =>
      (await call('api', () => fetch(`${api.url}/orders`, { headers: { authorization: `Bearer ${token}` } }))).status;
    const tokensIn = async (answer: Response) => (await answer.json()) as Tokens;
    const refusals: number[] = [];
    let accepted = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [one, other] of [
        ['old', 'new'],
        ['new', 'old'],
      ] as const) {
        const code = await codeFrom(one);
        let tokens = await tokensIn(await call(`exchange, ${other}`, () => at(other).exchangeFor(client, code)));
        for (const version of [one, other])
          tokens = await tokensIn(await call(`refresh, ${version}`, () => at(version).refresh(tokens.refresh_token)));
        accepted += (await statusAtApi(tokens.access_token)) === 200 ? 1 : 0;
        await call(`revoke, ${one}`, () => at(one).revoke(tokens.refresh_token));
        refusals.push((await at(other).refresh(tokens.refresh_token)).status);
        const isRefused = async (): Promise<boolean> =>
          (await fetch(`${api.url}/orders`, { headers: { authorization: `Bearer ${tokens.access_token}` } })).status ===
          401;
        refusals.push((await until(isRefused, 5)) ? 400 : 200);
      }
    }
    const carried = await tokensIn(await call('refresh, new', () => at('new').refresh(before.refresh_token as string)));
    // Back to the version of before, on the schema of now.
    await now.stop();
    await call('refresh, old', () => at('old').refresh(carried.refresh_token));
    const back = new GrantFlow(client, load);
    for (let round = 0; round < ROUNDS; round += 1) await back.run();
    const violations = {
      failed: load.samples.filter(({ status }) => status !== 200).length,
      not_accepted_at_api: 2 * ROUNDS - accepted,
      alive_after_revocation: refusals.filter((status) => status !== 400).length,
      ...(await flow.violations(database)),
      lost_after_going_back: sumOf(await back.violations(database)),
    };
    report('two-versions', {
      earlier: (commit as string).slice(0, 7),
      n: load.samples.length,
      statuses: load.statuses(),
      ...delaysOf(load.samples.map(({ ms }) => ms)),
      ...violations,
      invariant_violations: sumOf(violations),
    });
    expect(violations).toEqual(Object.fromEntries(Object.keys(violations).map((name) => [name, 0])));
  });
});
