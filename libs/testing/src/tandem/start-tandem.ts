import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AppName,
  APP_NAMES,
  AppProcess,
  appEnvironments,
  demoConfiguration,
  freePort,
  keptSecret,
  newKeyEncryptionKey,
  ProcessFailed,
  startProvisionedNats,
  type ProvisionedNats,
} from '@tandem/dev';
import { stringify } from 'yaml';
import { createTestDatabase, type TestDatabase } from '../database/test-database.js';
import { RunningTandem } from './running-tandem.js';

export interface TandemOptions {
  /** Declared clients, APIs and users: YAML, or what becomes YAML. Default: the demo's, at this system's addresses. */
  readonly config?: string | object;
  /** More sections for the demo's configuration, as YAML. */
  readonly settings?: string;
  /** Added to the environment of every app. */
  readonly env?: NodeJS.ProcessEnv;
  /** Default: all three. */
  readonly apps?: readonly AppName[];
  /** Host names by which browsers reach it; `op.localhost` and `rp.localhost` are two sites. Default: localhost. */
  readonly hosts?: { readonly issuer?: string; readonly sampleClient?: string };
  /** Free ports to use, for a configuration that has to name them before. Default: any. */
  readonly ports?: Partial<Record<AppName, number>>;
  /** Superuser's URL of the PostgreSQL to use, for a spec that breaks it. Default: the run's own. */
  readonly databaseServerUrl?: string;
  /** The NATS to use, stopped with the rest. Default: one of its own. */
  readonly bus?: ProvisionedNats;
}

const ATTEMPTS = 3;

/** Starts the compiled apps as real processes, on free ports, with a database and a NATS of their own. */
export async function startTandem(options: TandemOptions = {}): Promise<RunningTandem> {
  const home = mkdtempSync(join(tmpdir(), 'tandem-'));
  chmodSync(home, 0o711);
  const [database, bus] = await Promise.all([
    createTestDatabase(options.databaseServerUrl),
    options.bus ?? startProvisionedNats(join(home, 'nats')),
  ]);
  const release = async (): Promise<void> => {
    await Promise.all([bus.nats.stop(), database.drop()]);
    rmSync(home, { recursive: true, force: true });
  };
  for (let attempt = 1; ; attempt += 1) {
    const tandem = await describe(options, home, database, bus, release);
    try {
      await tandem.start();
      return tandem;
    } catch (error) {
      await tandem.stopApps();
      // A port was free when we looked and is not any more.
      if (attempt < ATTEMPTS && error instanceof ProcessFailed && error.message.includes('EADDRINUSE')) continue;
      await release();
      throw error;
    }
  }
}

async function describe(
  options: TandemOptions,
  home: string,
  database: TestDatabase,
  { nats, seeds, provisionerSeedFile, restart: restartNats }: ProvisionedNats,
  release: () => Promise<void>,
): Promise<RunningTandem> {
  const { apps = APP_NAMES, hosts = {}, env = {} } = options;
  const ports = await portsFor(options.ports);
  const addresses = {
    issuer: `http://${hosts.issuer ?? 'localhost'}:${ports['auth-server']}/`,
    resourceApiUrl: `http://localhost:${ports['resource-api']}`,
    sampleClientUrl: `http://${hosts.sampleClient ?? 'localhost'}:${ports['sample-client']}`,
  };
  const configFile = join(home, 'tandem.yaml');
  writeFileSync(configFile, configuration(options, addresses.sampleClientUrl));
  const keyEncryptionKeyFile = join(home, 'secrets/key-encryption-key');
  keptSecret(keyEncryptionKeyFile, newKeyEncryptionKey);
  const environments = appEnvironments({
    ...addresses,
    ports,
    managementPorts: await portsFor(),
    databaseUrl: database.url,
    natsUrl: nats.url,
    natsSeeds: seeds,
    configFile,
    keyEncryptionKeyFile,
    dataDir: home,
    // Only what we name: the caller's environment must not decide what is tested.
    inherited: { PATH: process.env.PATH, NODE_ENV: 'test', ...env },
  });
  const processes = apps.map((name) => new AppProcess({ name, env: environments[name] }));
  const files = { configFile, natsSeeds: seeds, provisionerSeedFile };
  return new RunningTandem({
    ...addresses,
    ...files,
    databaseUrl: database.url,
    nats,
    processes,
    release,
    restartNats,
    environmentOf: (name) => environments[name],
  });
}

async function portsFor(given: Partial<Record<AppName, number>> = {}): Promise<Record<AppName, number>> {
  const [authServer, resourceApi, sampleClient] = await Promise.all(
    APP_NAMES.map(async (name) => given[name] ?? freePort()),
  );
  return {
    'auth-server': authServer as number,
    'resource-api': resourceApi as number,
    'sample-client': sampleClient as number,
  };
}

function configuration({ config, settings = '' }: TandemOptions, sampleClientUrl: string): string {
  if (config === undefined) return `${demoConfiguration(sampleClientUrl)}\n${settings}\n`;
  return typeof config === 'string' ? config : stringify(config);
}
