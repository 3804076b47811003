import { launchOf } from '@tandem/dev';
import type { Alg, BenchClient } from '../load/relying-party.js';
import { CLIENT, SECRET } from '../peers/peer-settings.js';
import { asStarted, LOG_LEVEL, peerFile } from './settings.js';
import type { RunFiles } from './settings.js';
import type { ServerSpec } from './server-process.js';

export type WorkloadName = 'H' | 'F' | 'R' | 'C' | 'I' | 'U' | 'D' | 'V';

/** A server under test and where it differs from the others. */
export interface Target {
  readonly name: string;
  readonly origin: string;
  readonly server: ServerSpec;
  readonly workloads: readonly WorkloadName[];
  readonly machine: BenchClient;
  /** Whether a token for an API can be introspected, and by whom; otherwise an opaque one of the web client is. */
  readonly introspection?: BenchClient;
  /** What a peer leaves out: at_hash at the token endpoint, as it may, and iss beside an ID token. */
  readonly omits?: readonly ('iss' | 'at_hash')[];
  /** Whether it hashes passwords as it should, so that F with hashing can be measured too. */
  readonly hashesPasswords?: boolean;
}

const ALL: readonly WorkloadName[] = ['H', 'F', 'R', 'C', 'I', 'U', 'D'];
const client = (clientId: string, alg: Alg = 'RS256'): BenchClient => ({ clientId, clientSecret: SECRET, alg });

export function tandemTarget(port: number, files: RunFiles, databaseUrl: string): Target {
  const origin = `http://127.0.0.1:${port}`;
  return {
    name: 'tandem',
    origin,
    workloads: ALL,
    machine: client('machine'),
    introspection: client('api'),
    hashesPasswords: true,
    server: {
      name: 'tandem',
      args: asStarted('auth-server'),
      ready: `${origin}/.well-known/openid-configuration`,
      env: tandemEnvironment(port, files, databaseUrl),
    },
  };
}

export const tandemEnvironment = (
  port: number,
  files: RunFiles,
  databaseUrl: string,
): Readonly<Record<string, string>> => ({
  // The issuer is not https on loopback, which production refuses.
  NODE_ENV: 'development',
  DATABASE_URL: databaseUrl,
  ISSUER: `http://127.0.0.1:${port}/`,
  AUTH_SERVER_PORT: String(port),
  TANDEM_CONFIG: files.tandemConfigFile,
  KEY_ENCRYPTION_KEY_FILE: files.keyEncryptionKeyFile,
  DATA_DIR: files.folder,
  LOG_LEVEL,
  ...launchOf('auth-server').env,
});

function peer(name: 'floor' | 'oidc-provider', workloads: readonly WorkloadName[]) {
  return (port: number, files: RunFiles, databaseUrl: string): Target => {
    const origin = `http://127.0.0.1:${port}`;
    return {
      ...{ name, origin, workloads, machine: client(CLIENT.RS256) },
      server: {
        name,
        args: [peerFile(name)],
        ready: `${origin}/.well-known/openid-configuration`,
        env: { PORT: String(port), DATABASE_URL: databaseUrl, KEYS_FILE: files.keysFile },
      },
    };
  };
}

export const floorTarget = peer('floor', ['H', 'F', 'D']);
export const oidcProviderTarget = (port: number, files: RunFiles, databaseUrl: string): Target => ({
  ...peer('oidc-provider', ALL)(port, files, databaseUrl),
  omits: ['iss', 'at_hash'],
});
