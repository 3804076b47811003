import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { EVENT_STREAM } from '@tandem/contracts';
import { freePort, keptSecret, startNats } from '@tandem/dev';
import type { Nats, ProvisionedNats } from '@tandem/dev';
import { generateNatsUser, INBOXES, provision, publicKeyOf, renderNatsServerConfig } from '@tandem/messaging';
import { until } from './measurement.js';

const SERVERS = 3;
const PATIENCE_SECONDS = 30;

/** Three nats-servers with a replicated event stream and the users of a deployment; each can be killed and started again. */
export class NatsCluster {
  private readonly servers: (Nats | undefined)[] = [];
  private watching: NatsConnection | undefined;

  private constructor(
    private readonly home: string,
    private readonly configs: readonly string[],
    private readonly ports: readonly number[],
  ) {}

  static async start(): Promise<NatsCluster> {
    const home = mkdtempSync(join(tmpdir(), 'tandem-cluster-'));
    const [ports, routes] = [await freePorts(), await freePorts()];
    const seed = (user: string): string => keptSecret(join(home, 'seeds', user), () => generateNatsUser().seed);
    const keyOf = (user: string): string => publicKeyOf(seed(user));
    const users = {
      ...{ provisioner: keyOf('provisioner'), relay: keyOf('relay'), rpc: keyOf('rpc'), client: keyOf('client') },
      auditor: keyOf('auditor'),
      resourceServers: ['1', '2'].map((instance) => ({ instance, publicKey: keyOf(`rs-${instance}`) })),
    };
    const list = routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
    const configs = routes.map((port, index) =>
      [
        `server_name: nats-${index}`,
        `cluster { name: tandem, listen: "127.0.0.1:${port}", routes: [${list}] }`,
        renderNatsServerConfig({ users }),
      ].join('\n'),
    );
    const cluster = new NatsCluster(home, configs, ports);
    await Promise.all(configs.map((_, index) => cluster.startServer(index)));
    await cluster.provision();
    return cluster;
  }

  get url(): string {
    return this.ports.map((port) => `nats://127.0.0.1:${port}`).join(',');
  }

  /** As `startTandem` wants it. */
  get bus(): ProvisionedNats {
    const [first] = this.servers;
    if (first === undefined) throw new Error('the cluster was not started');
    const seed = (user: string): string => join(this.home, 'seeds', user);
    const seeds = {
      ...{ relay: seed('relay'), rpc: seed('rpc'), sampleClient: seed('client') },
      ...{ resourceApi: seed('rs-1'), secondResourceApi: seed('rs-2'), auditor: seed('auditor') },
    };
    const nats = { ...first, url: this.url, stop: () => this.stop() };
    return { nats, seeds, provisionerSeedFile: seed('provisioner'), restart: () => Promise.resolve(nats) };
  }

  async startServer(index: number): Promise<void> {
    const dataDir = join(this.home, `nats-${index}`);
    this.servers[index] = await startNats({ dataDir, config: this.configs[index] ?? '', port: this.ports[index] ?? 0 });
  }

  async endServer(index: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const server = this.servers[index];
    server?.kill(signal);
    await server?.exited;
  }

  /** The server that leads the event stream. */
  async leader(): Promise<number> {
    const { cluster } = await (await this.manager()).streams.info(EVENT_STREAM);
    return Number(cluster?.leader?.replace('nats-', ''));
  }

  /** Waits until every server holds everything. */
  async whole(): Promise<void> {
    const isWhole = async (): Promise<boolean> => {
      const { cluster } = await (await this.manager()).streams.info(EVENT_STREAM);
      return cluster?.replicas?.length === SERVERS - 1 && cluster.replicas.every(({ current }) => current);
    };
    if (!(await until(() => isWhole().catch(() => false), PATIENCE_SECONDS))) throw new Error('a replica stays behind');
  }

  async stop(): Promise<void> {
    await this.watching?.close();
    for (const server of this.servers) await server?.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  private async provision(): Promise<void> {
    const seedFile = join(this.home, 'seeds', 'provisioner');
    const what = { instances: ['1', '2'], replicas: SERVERS };
    const isDone = (): Promise<boolean> =>
      provision(this.url, seedFile, what).then(
        () => true,
        () => false,
      );
    if (!(await until(isDone, PATIENCE_SECONDS))) throw new Error('the cluster can not be provisioned');
  }

  private async manager() {
    const seed = keptSecret(join(this.home, 'seeds', 'provisioner'), () => '');
    this.watching ??= await connect({
      servers: this.url.split(','),
      authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
      inboxPrefix: INBOXES.provisioner,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    });
    return jetstreamManager(this.watching, { checkAPI: false, timeout: 1_000 });
  }
}

const freePorts = (): Promise<readonly number[]> => Promise.all(Array.from({ length: SERVERS }, () => freePort()));
