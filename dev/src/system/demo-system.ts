import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_NAMES, AppProcess, type AppName } from '../apps/app-process.js';
import { keepRunning } from '../apps/keep-running.js';
import { keptSecret, newKeyEncryptionKey } from '../secrets.js';
import { appEnvironments } from './app-environments.js';
import { demoConfiguration } from './demo-configuration.js';
import { emptyLogs, secondsSince, startBus, startDatabase, type Started } from './infrastructure.js';
import { managementPorts, type Settings } from './settings.js';

/** Seconds from the start of each part to its readiness. */
export interface Timing {
  readonly postgres: number;
  readonly nats: number;
  readonly apps: number;
}

/** The whole system: PostgreSQL, NATS and three apps, started together and ended in the right order. */
export class DemoSystem {
  private readonly apps = new Map<AppName, AppProcess>();
  private readonly services: Started<unknown>[] = [];
  private readonly end = new AbortController();

  constructor(
    private readonly settings: Settings,
    private readonly say: (line: string) => void,
  ) {}

  /** @throws when a part can not start; `stop` ends what had started. */
  async start(): Promise<Timing> {
    const { dataDir, databaseUrl, natsUrl } = this.settings;
    const [database, bus] = await this.both(startDatabase(dataDir, databaseUrl), startBus(dataDir, natsUrl));
    const began = Date.now();
    const environments = appEnvironments({
      ...this.settings,
      databaseUrl: database.service.url,
      natsUrl: bus.service.url,
      natsSeeds: bus.service.seeds,
      managementPorts: await managementPorts(),
      configFile: this.configFile(),
      keyEncryptionKeyFile: this.keyEncryptionKeyFile(),
      inherited: environmentForApps(),
    });
    const logs = emptyLogs(dataDir);
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    await Promise.all(
      APP_NAMES.map((name) => this.startApp(name, environments[name], join(logs, `${name}.log`))),
    );
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

  /** Resolves when PostgreSQL or NATS ended unasked: nothing goes on without them. */
  async serviceLost(): Promise<unknown> {
    return Promise.race(this.services.map((service) => service.exited));
  }

  private async both<A, B>(a: Promise<Started<A>>, b: Promise<Started<B>>): Promise<[Started<A>, Started<B>]> {
    const keep = (service: Started<unknown>): unknown => this.services.push(service);
    const outcomes = await Promise.allSettled([a.then((it) => (keep(it), it)), b.then((it) => (keep(it), it))]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return [await a, await b];
  }

  private async startApp(name: AppName, env: NodeJS.ProcessEnv, logFile: string): Promise<void> {
    const app = new AppProcess({ name, env, logFile });
    this.apps.set(name, app);
    await app.start();
    void keepRunning(app, this.say, this.end.signal);
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
}

/** Our own environment without npm's additions. */
function environmentForApps(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')));
}
