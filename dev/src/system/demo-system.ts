import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_NAMES, AppProcess, type AppName } from '../apps/app-process.js';
import { keepRunning } from '../processes/keep-running.js';
import { keptSecret, newKeyEncryptionKey } from '../secrets.js';
import { appEnvironments } from './app-environments.js';
import { demoConfiguration } from './demo-configuration.js';
import { type EmbeddedService, provideBus, provideDatabase, secondsSince } from './infrastructure.js';
import { managementPorts, type Settings } from './settings.js';

/** Seconds from the start of each part to its readiness. */
export interface Timing {
  readonly postgres: number;
  readonly nats: number;
  readonly apps: number;
}

/** The whole system: PostgreSQL, NATS and three apps, started together, kept running, and ended in the right order. */
export class DemoSystem {
  private readonly apps = new Map<AppName, AppProcess>();
  private readonly services: EmbeddedService[] = [];
  private readonly end = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly say: (line: string) => void,
  ) {}

  /** @throws when a part can not start; `stop` ends what had started. */
  async start(): Promise<Timing> {
    const { dataDir, databaseUrl, natsUrl, natsProvisionerSeedFile } = this.settings;
    const started = (service: EmbeddedService): unknown => this.services.push(service);
    const [database, bus] = await Promise.all([
      provideDatabase(dataDir, databaseUrl, started),
      provideBus(dataDir, { url: natsUrl, seedFile: natsProvisionerSeedFile }, started),
    ]);
    const began = Date.now();
    const environments = appEnvironments({
      ...this.settings,
      databaseUrl: database.access.url,
      natsUrl: bus.access.url,
      natsSeeds: bus.access.seeds,
      managementPorts: await managementPorts(),
      configFile: this.configFile(),
      keyEncryptionKeyFile: this.keyEncryptionKeyFile(),
      inherited: environmentForApps(),
    });
    const logs = this.emptyLogFolder();
    await Promise.all(APP_NAMES.map((name) => this.startApp(name, environments[name], join(logs, `${name}.log`))));
    // Each waits for what another one has to say: the keys, the revocations.
    await Promise.all([...this.apps.values()].map((app) => app.untilReady()));
    for (const kept of [...this.services, ...this.apps.values()]) void keepRunning(kept, this.say, this.end.signal);
    return { postgres: database.seconds, nats: bus.seconds, apps: secondsSince(began) };
  }

  /** Where to find what; only after `start`. */
  app(name: AppName): AppProcess {
    return this.apps.get(name) as AppProcess;
  }

  /** The apps first, so that they can still use what they stand on while they end. */
  async stop(): Promise<void> {
    this.end.abort();
    await Promise.all([...this.apps.values()].map((app) => app.stop()));
    await Promise.all(this.services.map((service) => service.stop()));
  }

  private async startApp(name: AppName, env: NodeJS.ProcessEnv, logFile: string): Promise<void> {
    const app = new AppProcess({ name, env, logFile });
    this.apps.set(name, app);
    await app.start();
  }

  private configFile(): string {
    const { configFile, dataDir, sampleClientUrl } = this.settings;
    if (configFile !== undefined) return configFile;
    const file = join(dataDir, 'demo.yaml');
    writeFileSync(file, demoConfiguration(sampleClientUrl), { mode: 0o600 });
    return file;
  }

  private keyEncryptionKeyFile(): string {
    const file = this.settings.keyEncryptionKeyFile ?? join(this.settings.dataDir, 'secrets/key-encryption-key');
    keptSecret(file, newKeyEncryptionKey);
    return file;
  }

  /** What earlier runs logged is forgotten. */
  private emptyLogFolder(): string {
    const folder = join(this.settings.dataDir, 'logs');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }
}

/** Our own environment without npm's additions. */
function environmentForApps(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')));
}
