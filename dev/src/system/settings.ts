import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { APP_NAMES, type AppName } from '../apps/app-process.js';
import { projectRoot } from '../paths.js';
import { freePort, isFree } from '../processes/ports.js';

// The auth-server's workers take management ports from its own on, so that it has the last one.
const PORTS = {
  'auth-server': { variable: 'AUTH_SERVER_PORT', port: 3000, management: 9464 },
  'resource-api': { variable: 'RESOURCE_API_PORT', port: 3001, management: 9462 },
  'sample-client': { variable: 'SAMPLE_CLIENT_PORT', port: 3002, management: 9463 },
} as const;
const LOOK_EVERY_MS = 50;

/** What `npm start` is told by the environment; everything has a default. */
export interface Settings {
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly natsUrl?: string;
  readonly natsProvisionerSeedFile?: string;
  readonly configFile?: string;
  readonly keyEncryptionKeyFile?: string;
  readonly issuer: string;
  readonly resourceApiUrl: string;
  readonly sampleClientUrl: string;
  readonly ports: Readonly<Record<AppName, number>>;
}

export async function readSettings(env: NodeJS.ProcessEnv = process.env): Promise<Settings> {
  const port = (name: AppName): Promise<number> | number => {
    const given = env[PORTS[name].variable];
    return given === '0' ? freePort() : Number(given ?? PORTS[name].port);
  };
  const ports = {
    'auth-server': await port('auth-server'),
    'resource-api': await port('resource-api'),
    'sample-client': await port('sample-client'),
  };
  const local = (name: AppName): string => `http://localhost:${ports[name]}`;
  return {
    dataDir: resolve(projectRoot, env.DATA_DIR ?? '.data'),
    databaseUrl: env.DATABASE_URL,
    natsUrl: env.NATS_URL,
    natsProvisionerSeedFile: env.NATS_PROVISIONER_SEED_FILE,
    configFile: env.TANDEM_CONFIG,
    keyEncryptionKeyFile: env.KEY_ENCRYPTION_KEY_FILE,
    issuer: env.ISSUER ?? `${local('auth-server')}/`,
    resourceApiUrl: env.RESOURCE_API_URL ?? local('resource-api'),
    sampleClientUrl: env.SAMPLE_CLIENT_URL ?? local('sample-client'),
    ports,
  };
}

/**
 * Refuses to start when somebody else listens on a port of ours.
 *
 * @param patienceMs how long the processes of an earlier start may take to end.
 */
export async function refusePortsInUse({ ports }: Settings, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const free = await Promise.all(APP_NAMES.map((name) => isFree(ports[name])));
    const taken = APP_NAMES.filter((_, index) => free[index] !== true);
    if (taken.length === 0) return;
    if (Date.now() > deadline) throw new Error(taken.map((name) => advice(name, ports[name])).join('\n'));
    await pause(LOOK_EVERY_MS);
  }
}

const advice = (name: AppName, port: number): string =>
  `Port ${port} of the ${name} is in use. Stop the program that has it, or set ${PORTS[name].variable} to a free port (0 takes any).`;

/** Ports for metrics and health, each the well-known one when it is free. */
export async function managementPorts(): Promise<Readonly<Record<AppName, number>>> {
  return {
    'auth-server': await freePort(PORTS['auth-server'].management),
    'resource-api': await freePort(PORTS['resource-api'].management),
    'sample-client': await freePort(PORTS['sample-client'].management),
  };
}
