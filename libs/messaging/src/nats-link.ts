import { readFileSync } from 'node:fs';
import type { Authenticator, ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';

/** Who connects, and as whom. Without a seed the server must let everybody in: tests, or somebody else's NATS. */
export interface NatsCredentials {
  /** One server, or several of a cluster with commas between. */
  readonly url: string;
  readonly name: string;
  /** File with the nkey seed of the user. */
  readonly seedFile?: string;
  /** Inbox that the user may subscribe to; its permissions name exactly this one. */
  readonly inboxPrefix?: string;
}

export interface LinkLogger {
  warn(message: object, text: string): void;
}

function authenticatorOf(seedFile: string | undefined): { readonly authenticator?: Authenticator } {
  if (seedFile === undefined) return {};
  const seed = new TextEncoder().encode(readFileSync(seedFile, 'utf8').trim());
  return { authenticator: nkeyAuthenticator(seed) };
}

/** Servers of a cluster may be listed; those that are up tell of the others. */
const serversOf = (url: string): string[] => url.split(',').map((server) => server.trim());

function identityOf({ url, name, seedFile, inboxPrefix }: NatsCredentials): ConnectionOptions {
  return {
    servers: serversOf(url),
    name,
    ...authenticatorOf(seedFile),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
  };
}

/** Connects for a job that ends: to it a broker that is away is an error. */
export const connectOnce = (credentials: NatsCredentials): Promise<NatsConnection> => connect(identityOf(credentials));

/** Connection options that never give up: a broker that is away comes back. */
function optionsOf(credentials: NatsCredentials): ConnectionOptions {
  return {
    ...identityOf(credentials),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    pingInterval: 10_000,
    maxPingOut: 2,
    waitOnFirstConnect: true,
    // Else two refusals end it for good, also those of a server that gets its users a moment later.
    ignoreAuthErrorAbort: true,
  };
}

/** Below it a server silently ignores what a newer one would do, and has known holes. */
const OLDEST_VERSION = [2, 11] as const;
/** How often an absent server is mentioned. */
const STILL_WAITING_MILLISECONDS = 30_000;

/** Whether the server is older than what a deployment should run. */
export function isOutdated(connection: NatsConnection): boolean {
  const [major = 0, minor = 0] = (connection.info?.version ?? '').split('.').map(Number);
  return major < OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor < OLDEST_VERSION[1]);
}

/** How long handlers of messages may finish when the process stops. */
const DRAIN_MILLISECONDS = 500;

/** The same as options of Nest's NATS transport, for `@MessagePattern` handlers and `ClientProxy`. */
export function natsTransportOptions(credentials: NatsCredentials, queue?: string): Record<string, unknown> {
  return {
    ...optionsOf(credentials),
    ...(queue === undefined ? {} : { queue }),
    gracefulShutdown: true,
    gracePeriod: DRAIN_MILLISECONDS,
  };
}

/**
 * A connection that may not be there yet: starting never waits for the broker, and whoever wants to use it asks whether
 * it is up.
 */
export class NatsLink {
  private connection: NatsConnection | undefined;
  private connected = false;
  private stopped = false;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly credentials: NatsCredentials,
    private readonly logger: LinkLogger,
  ) {}

  start(): void {
    const waiting = setInterval(() => this.warn({}, 'NATS can not be reached yet'), STILL_WAITING_MILLISECONDS).unref();
    connect(optionsOf(this.credentials))
      .finally(() => clearInterval(waiting))
      .then((connection) => (this.stopped ? connection.close() : this.follow(connection)))
      .catch((error: unknown) => this.warn({ cause: String(error) }, 'NATS refused the connection'));
  }

  /** The connection while it is up. */
  get current(): NatsConnection | undefined {
    return this.connected ? this.connection : undefined;
  }

  /** Calls `listener` whenever the connection is up, now if it is. */
  onUp(listener: () => void): void {
    this.listeners.push(listener);
    if (this.connected) listener();
  }

  /** Sends what waits to be sent, if there is a server to send it to. */
  async stop(): Promise<void> {
    const { connection, connected } = this;
    [this.stopped, this.connected] = [true, false];
    if (connection === undefined) return;
    // Draining would wait for a server that is away.
    const drained = connected ? connection.drain().catch(() => undefined) : undefined;
    await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, DRAIN_MILLISECONDS).unref())]);
    await connection.close();
  }

  private async follow(connection: NatsConnection): Promise<void> {
    this.connection = connection;
    if (isOutdated(connection)) this.warn({ version: connection.info?.version }, 'the NATS server is outdated');
    this.up();
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.connected = false;
      if (status.type === 'reconnect') this.up();
      // Refused permissions show up here only: a publish that isn't allowed succeeds as far as the caller can see.
      if (status.type === 'error') this.warn({ status: String(status.error) }, 'NATS reports an error');
    }
  }

  private up(): void {
    this.connected = true;
    for (const listener of this.listeners) listener();
  }

  private warn(what: object, text: string): void {
    this.logger.warn({ nats: this.credentials.name, ...what }, text);
  }
}
