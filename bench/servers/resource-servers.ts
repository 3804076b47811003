import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { launchOf } from '@tandem/dev';
import { API, SECRET } from '../peers/peer-settings.js';
import { asStarted, inProject, LOG_LEVEL, peerFile } from './settings.js';
import type { ServerSpec } from './server-process.js';

/** A guarded API: all of them answer `GET /orders` with the same statement. */
export interface ResourceServer {
  readonly name: string;
  readonly origin: string;
  readonly server: ServerSpec;
}

const PEERS = {
  floor: 'resource-floor',
  'Fastify + jose': 'resource-fastify-jose',
  'express-oauth2-jwt-bearer': 'resource-express',
};

const built = (): boolean => existsSync(inProject('apps/resource-api/bundle/main.js'));

/** Whether V can be run; the peers read the table of resource-api. */
export const resourceApiMissing = (): string | undefined => (built() ? undefined : 'apps/resource-api is not built');

/** The table of the orders, in its own schema of the auth-server's database. */
export function migrateOrders(databaseUrl: string): void {
  const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL: databaseUrl };
  execFileSync(process.execPath, [inProject('apps/resource-api/bundle/migrate.js')], { env, stdio: 'pipe' });
}

/** Guards of tokens of the auth-server at `issuer`, on ports from `port` on. */
export function resourceServers(
  issuer: string,
  jwksUrl: string,
  databaseUrl: string,
  port: number,
  nats: Readonly<Record<string, string>> = {},
): readonly ResourceServer[] {
  const common = { DATABASE_URL: databaseUrl, ISSUER: issuer };
  const tandem = guarded('tandem', port, asStarted('resource-api'), {
    ...common,
    ...nats,
    LOG_LEVEL,
    ...launchOf('resource-api').env,
    // The secret and the address are those of a test system, which production refuses.
    ...{ NODE_ENV: 'development', RESOURCE_API_PORT: String(port), RESOURCE_API_URL: `http://127.0.0.1:${port}` },
    ...{
      API_IDENTIFIER: API.RS256,
      API_CLIENT_ID: 'api',
      API_CLIENT_SECRET: SECRET,
      REVOCATION_STALENESS_SECONDS: '3600',
    },
  });
  const peers = Object.entries(PEERS).map(([name, file], index) =>
    guarded(name, port + 1 + index, [peerFile(file)], {
      ...common,
      ...{ PORT: String(port + 1 + index), JWKS_URL: jwksUrl, AUDIENCE: API.RS256, ALG: 'RS256' },
    }),
  );
  return [tandem, ...peers];
}

function guarded(
  name: string,
  port: number,
  args: readonly string[],
  env: ResourceServer['server']['env'],
): ResourceServer {
  const origin = `http://127.0.0.1:${port}`;
  return {
    name,
    origin,
    server: { name: `resource server ${name}`, args, env, ready: `${origin}/health/live` },
  };
}
