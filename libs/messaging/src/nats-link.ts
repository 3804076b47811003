import { readFileSync } from 'node:fs';
import type { Authenticator, ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';

/** Who connects, and as whom. Without a seed the server must let everybody in: tests, or somebody else's NATS. */
export interface NatsCredentials {
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

/** Connection options that never give up: a broker that is away comes back. */
function optionsOf({ url, name, seedFile, inboxPrefix }: NatsCredentials): ConnectionOptions {
  return {
    servers: url,
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    pingInterval: 10_000,
    maxPingOut: 2,
    waitOnFirstConnect: true,
    ...authenticatorOf(seedFile),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
  };
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
    connect(optionsOf(this.credentials)).then(
      async (connection) => {
        if (this.stopped) return connection.close();
        this.connection = connection;
        this.up();
        for await (const status of connection.status()) this.take(status.type, status);
      },
      (error: unknown) => this.logger.warn({ cause: String(error) }, 'NATS refused the connection'),
    );
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

  async stop(): Promise<void> {
    this.stopped = true;
    this.connected = false;
    await this.connection?.drain().catch(() => this.connection?.close());
  }

  private up(): void {
    this.connected = true;
    for (const listener of this.listeners) listener();
  }

  private take(type: string, status: object): void {
    if (type === 'disconnect') this.connected = false;
    if (type === 'reconnect') this.up();
    // Refused permissions show up here only: a publish that isn't allowed succeeds as far as the caller can see.
    if (type === 'error')
      this.logger.warn(
        { nats: this.credentials.name, status: String((status as { error?: unknown }).error) },
        'NATS reports an error',
      );
  }
}
