import type { IntrospectionResponse, RevocationSnapshotPage } from '@tandem/contracts';
import { rpcSubject } from '@tandem/contracts';
import { RemoteKeySet } from '@tandem/jwt';
import { INBOXES, messageHeaders, natsTransportOptions } from '@tandem/messaging';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type ClientProxy, ClientProxyFactory, NatsRecordBuilder, Transport } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';
import { epochSeconds } from './clock.js';
import { DEFAULTS, RESOURCE_SERVER_OPTIONS } from './options.js';
import type { ResourceServerOptions } from './options.js';

const PATIENCE_MILLISECONDS = 2_000;
const MINIMUM_REFETCH_SECONDS = 5;
const REFRESH_ATTEMPTS = 4;
const REFRESH_PAUSE_MILLISECONDS = 400;

const kidsOf = (keySet: RemoteKeySet): string =>
  keySet
    .peek()
    .map(({ kid }) => kid)
    .join();

/** What the auth-server tells us: its keys, what is revoked, and about single tokens. Over HTTP as our client, or over NATS. */
@Injectable()
export class AuthServerClient implements OnModuleDestroy {
  private readonly logger = new Logger(AuthServerClient.name);
  private readonly bus: ClientProxy | undefined;
  private fetched = false;
  private keySet: RemoteKeySet;
  private readonly listeners: (() => void)[] = [];

  constructor(@Inject(RESOURCE_SERVER_OPTIONS) private readonly options: ResourceServerOptions) {
    this.keySet = this.newKeySet();
    if (options.nats !== undefined) this.bus = connectBus(options.nats);
  }

  /** The issuer's keys. */
  get keys(): RemoteKeySet {
    return this.keySet;
  }

  /** Whether the issuer's keys were ever had. */
  get hasKeys(): boolean {
    return this.fetched;
  }

  /** Calls `listener` after keys were taken away or added: what they verified must be verified again. */
  onKeysChanged(listener: () => void): void {
    this.listeners.push(listener);
  }

  /**
   * Fetches the keys anew although the old ones are young; keeps the old ones when that fails. The news may be here sooner
   * than at the replica that is asked, so the same keys as before are asked for again.
   */
  async refreshKeys(): Promise<void> {
    const before = kidsOf(this.keySet);
    for (let attempt = 1; attempt <= REFRESH_ATTEMPTS; attempt += 1) {
      const next = this.newKeySet();
      await next.find(undefined, 'RS256');
      const isNew = kidsOf(next) !== before;
      if (next.peek().length > 0 && (isNew || attempt === REFRESH_ATTEMPTS)) return this.take(next);
      await new Promise((resolve) => setTimeout(resolve, REFRESH_PAUSE_MILLISECONDS).unref());
    }
  }

  private take(keySet: RemoteKeySet): void {
    this.keySet = keySet;
    for (const listener of this.listeners) listener();
  }

  private newKeySet(): RemoteKeySet {
    const { issuer, jwksMaxAgeSeconds = DEFAULTS.jwksMaxAgeSeconds } = this.options;
    return new RemoteKeySet({
      fetch: async () => {
        const keys = await this.get(`${issuer}.well-known/jwks.json`, {});
        this.fetched = true;
        return keys;
      },
      maxAgeSeconds: jwksMaxAgeSeconds,
      minRefetchSeconds: MINIMUM_REFETCH_SECONDS,
      now: epochSeconds,
      onFetchFailed: (error) => this.logger.warn({ cause: String(error) }, 'the keys of the issuer can not be fetched'),
    });
  }

  /** The next page of what is revoked. */
  async revocations(after: string | undefined): Promise<RevocationSnapshotPage> {
    if (this.options.client === undefined && this.bus !== undefined) return this.call('revocations', { after });
    const query = after === undefined ? '' : `?${new URLSearchParams({ after }).toString()}`;
    return (await this.get(`${this.options.issuer}oauth/revocations${query}`, this.basic())) as RevocationSnapshotPage;
  }

  /** Whether a token is alive; undefined when nobody answers. */
  async introspect(token: string): Promise<boolean | undefined> {
    // Asked mostly while the bus is down, so the other way first.
    const ways = [
      ...(this.options.client === undefined ? [] : [() => this.introspectOverHttp(token)]),
      ...(this.bus === undefined ? [] : [() => this.introspectOverNats(token)]),
    ];
    for (const ask of ways) {
      try {
        return (await ask()).active === true;
      } catch (error) {
        this.logger.warn({ cause: String(error) }, 'introspection is not answered');
      }
    }
    return undefined;
  }

  async onModuleDestroy(): Promise<void> {
    await this.bus?.close();
  }

  private introspectOverNats(token: string): Promise<IntrospectionResponse> {
    return this.call('introspect', { token, audience: this.options.audience });
  }

  private async introspectOverHttp(token: string): Promise<IntrospectionResponse> {
    const response = await fetch(`${this.options.issuer}oauth/introspect`, {
      method: 'POST',
      headers: { ...this.basic(), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }).toString(),
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`introspection answered ${response.status}`);
    return (await response.json()) as IntrospectionResponse;
  }

  private call<Answer>(verb: 'introspect' | 'revocations', payload: object): Promise<Answer> {
    const { bus } = this;
    if (bus === undefined) throw new Error('there is no bus');
    const subject = rpcSubject(this.options.nats?.instance ?? '', verb);
    const record = new NatsRecordBuilder(payload).setHeaders(messageHeaders({})).build();
    return firstValueFrom(bus.send<Answer>(subject, record).pipe(timeout(PATIENCE_MILLISECONDS)));
  }

  private async get(url: string, headers: Record<string, string>): Promise<unknown> {
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}`);
    return response.json();
  }

  /** RFC 6749 §2.3.1: both parts are form-encoded. */
  private basic(): Record<string, string> {
    const { client } = this.options;
    if (client === undefined) return {};
    const encoded = `${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`;
    return { authorization: `Basic ${Buffer.from(encoded).toString('base64')}` };
  }
}

function connectBus({ url, seedFile, instance }: NonNullable<ResourceServerOptions['nats']>): ClientProxy {
  const credentials = seedFile === undefined ? {} : { seedFile, inboxPrefix: INBOXES.resourceServer(instance) };
  const options = natsTransportOptions({ url, name: `resource server ${instance} rpc`, ...credentials });
  return ClientProxyFactory.create({ transport: Transport.NATS, options });
}
