import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inProject } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { Load } from '../support/load.js';
import { delaysOf, report } from '../support/measurement.js';

const ROTATIONS = 10;
const EVERY_SECONDS = 6;
const PER_SECOND = 40;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('signing keys are replaced at once under load', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'] });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  const rotateNow = (): Promise<unknown> =>
    promisify(execFile)(process.execPath, [inProject('apps/auth-server/bundle/tandem.js'), 'keys', 'rotate', '--now'], {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'test',
        ISSUER: tandem.issuer,
        DATABASE_URL: tandem.databaseUrl,
        TANDEM_CONFIG: tandem.configFile,
        KEY_ENCRYPTION_KEY_FILE: join(dirname(tandem.configFile), 'secrets/key-encryption-key'),
      },
    });

  it(`accepts every token, old and new, over ${ROTATIONS} rotations`, async () => {
    const client = new DemoClient(tandem);
    let refreshToken = (await client.tokens('openid offline_access read:orders')).refresh_token as string;
    const tokens: string[] = [];
    const kids = new Set<string>();
    const load = new Load();
    const call = (kind: string, token: string) =>
      load.send(kind, () =>
        fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${token}` } }),
      );
    let isRefreshing = false;
    load.start(PER_SECOND, async () => {
      const old = tokens[Math.floor(Math.random() * tokens.length)];
      if (isRefreshing) return old === undefined ? undefined : call('old token', old);
      isRefreshing = true;
      const answer = await load.send('refresh', () => client.refresh(refreshToken));
      if (answer?.status === 200) {
        const issued = (await answer.json()) as { refresh_token: string; access_token: string };
        refreshToken = issued.refresh_token;
        tokens.push(issued.access_token);
        const header = JSON.parse(Buffer.from(issued.access_token.split('.')[0] as string, 'base64url').toString());
        kids.add((header as { kid: string }).kid);
        await call('new token', issued.access_token);
      }
      isRefreshing = false;
      return undefined;
    });
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      await pause(EVERY_SECONDS * 1_000);
      await rotateNow();
    }
    await pause(2_000);
    await load.stop();
    const fetches = tandem.logs('auth-server').filter((line) => line.includes('/.well-known/jwks.json')).length;
    const failed = load.samples.filter(({ status }) => status !== 200);
    report('key-rotation', {
      rotations: ROTATIONS,
      signing_keys_seen: kids.size,
      n: load.samples.length,
      statuses: load.statuses(),
      ...delaysOf(load.samples.map(({ ms }) => ms)),
      jwks_fetches: fetches,
      invariant_violations: failed.length,
    });
    expect(kids.size).toBeGreaterThan(ROTATIONS / 2);
    expect(failed.slice(0, 5)).toEqual([]);
  });
});
