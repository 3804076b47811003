import { type AppName, AppProcess, freePort, type Nats, type NatsSeedFiles } from '@tandem/dev';

export interface RunningTandemParts {
  readonly issuer: string;
  readonly resourceApiUrl: string;
  readonly sampleClientUrl: string;
  readonly databaseUrl: string;
  readonly nats: Nats;
  /** The declared configuration's file; an app reads it when it starts. */
  readonly configFile: string;
  readonly natsSeeds: NatsSeedFiles;
  /** For a spec that looks into the event stream. */
  readonly provisionerSeedFile: string;
  readonly processes: readonly AppProcess[];
  /** The environment of an app, for another process of it. */
  readonly environmentOf: (name: AppName) => NodeJS.ProcessEnv;
  /** Starts NATS again on its data, at the same address. */
  readonly restartNats: () => Promise<Nats>;
  readonly release: () => Promise<void>;
}

/** A Tandem made of real processes; whoever started it stops it. */
export class RunningTandem {
  /** With its trailing slash. */
  readonly issuer: string;
  readonly resourceApiUrl: string;
  readonly sampleClientUrl: string;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  nats: Nats;
  readonly configFile: string;
  readonly natsSeeds: NatsSeedFiles;
  readonly provisionerSeedFile: string;
  private readonly replicas: AppProcess[] = [];
  private readonly processes: ReadonlyMap<AppName, AppProcess>;

  constructor(private readonly parts: RunningTandemParts) {
    this.issuer = parts.issuer;
    this.resourceApiUrl = parts.resourceApiUrl;
    this.sampleClientUrl = parts.sampleClientUrl;
    this.databaseUrl = parts.databaseUrl;
    this.natsUrl = parts.nats.url;
    this.nats = parts.nats;
    this.configFile = parts.configFile;
    this.natsSeeds = parts.natsSeeds;
    this.provisionerSeedFile = parts.provisionerSeedFile;
    this.processes = new Map(parts.processes.map((process) => [process.name, process]));
  }

  /** Resolves when every app listens and is ready. */
  async start(): Promise<void> {
    await Promise.all(this.parts.processes.map((app) => app.start()));
    // Without the auth-server the others can not get ready, which is what such a spec wants to see.
    if (this.processes.has('auth-server')) await Promise.all(this.parts.processes.map((app) => app.untilReady()));
  }

  /** The process of one app: to kill, stop or restart it. */
  app(name: AppName): AppProcess {
    const app = this.processes.get(name);
    if (app === undefined) throw new Error(`${name} is not part of this Tandem`);
    return app;
  }

  /** Addresses for metrics and health, of the apps that have one. */
  get managementUrls(): Readonly<Partial<Record<AppName, string>>> {
    const known = this.parts.processes.flatMap((app) =>
      app.managementUrl === undefined ? [] : [[app.name, app.managementUrl] as const],
    );
    return Object.fromEntries(known);
  }

  /** Starts another process of an app on a free port; it ends with the others. `program` is another build of it. */
  async replica(name: AppName, env: NodeJS.ProcessEnv = {}, program?: string): Promise<AppProcess> {
    const replica = await this.listeningReplica(name, env, program);
    await replica.untilReady();
    return replica;
  }

  /** The same for a replica that will not get ready. */
  async listeningReplica(name: AppName, env: NodeJS.ProcessEnv = {}, program?: string): Promise<AppProcess> {
    const port = { [`${name.replace('-', '_').toUpperCase()}_PORT`]: String(await freePort()), MANAGEMENT_PORT: '0' };
    const replica = new AppProcess({
      name,
      env: { ...this.parts.environmentOf(name), ...port, ...env },
      ...(program === undefined ? {} : { program }),
    });
    this.replicas.push(replica);
    await replica.start();
    return replica;
  }

  /** Ends NATS; `startNats` brings it back with its data. */
  stopNats(): Promise<void> {
    return this.nats.stop();
  }

  async startNats(): Promise<void> {
    this.nats = await this.parts.restartNats();
  }

  /** What the apps printed, each line as it was, in the order of the apps. */
  logs(name?: AppName): readonly string[] {
    const chosen = name === undefined ? this.parts.processes : [this.app(name)];
    return chosen.flatMap((app) => app.logs());
  }

  async stopApps(): Promise<void> {
    await Promise.all([...this.parts.processes, ...this.replicas].map((app) => app.stop()));
  }

  /** Ends the apps and NATS, removes the database and every file. */
  async stop(): Promise<void> {
    await this.stopApps();
    await this.nats.stop();
    await this.parts.release();
  }
}
