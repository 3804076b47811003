import type { IntrospectionResponse, RevocationSnapshotPage } from '@tandem/contracts';
import { rpcSubject } from '@tandem/contracts';
import { RemoteKeySet } from '@tandem/jwt';
import { INBOXES, natsTransportOptions } from '@tandem/messaging';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';
import { DEFAULTS, RESOURCE_SERVER_OPTIONS } from './options.js';
import type { ResourceServerOptions } from './options.js';

const PATIENCE_MILLISECONDS = 2_000;
const MINIMUM_REFETCH_SECONDS = 5;

/** What the auth-server tells us: its keys, what is revoked, and about single tokens. Over NATS where there is a bus, else HTTP. */
@Injectable()
export class AuthServerClient implements OnModuleDestroy {
  private readonly logger = new Logger(AuthServerClient.name);
  private readonly bus: ClientProxy | undefined;
  private fetched = false;
  readonly keys: RemoteKeySet;

  constructor(@Inject(RESOURCE_SERVER_OPTIONS) private readonly options: ResourceServerOptions) {
    const { issuer, nats, jwksMaxAgeSeconds = DEFAULTS.jwksMaxAgeSeconds } = options;
    this.keys = new RemoteKeySet({
      fetch: async () => {
        const keys = await this.get(`${issuer}.well-known/jwks.json`, {});
        this.fetched = true;
        return keys;
      },
      maxAgeSeconds: jwksMaxAgeSeconds,
      minRefetchSeconds: MINIMUM_REFETCH_SECONDS,
      now: () => Math.floor(Date.now() / 1_000),
      onFetchFailed: (error) => this.logger.warn({ cause: String(error) }, 'the keys of the issuer can not be fetched'),
    });
    if (nats !== undefined) this.bus = connectBus(nats);
  }

  /** Whether the issuer's keys were ever had. */
  get hasKeys(): boolean {
    return this.fetched;
  }

  /** The next page of what is revoked. */
  async revocations(after: string | undefined): Promise<RevocationSnapshotPage> {
    if (this.options.client === undefined && this.bus !== undefined) return this.call('revocations', { after });
    const query = after === undefined ? '' : `?${new URLSearchParams({ after }).toString()}`;
    return (await this.get(`${this.options.issuer}oauth/revocations${query}`, this.basic())) as RevocationSnapshotPage;
  }

  /** Whether a token is alive; undefined when nobody answers. */
  async introspect(token: string): Promise<boolean | undefined> {
    const ways = [
      ...(this.bus === undefined ? [] : [() => this.introspectOverNats(token)]),
      ...(this.options.client === undefined ? [] : [() => this.introspectOverHttp(token)]),
    ];
    for (const ask of ways) {
      try {
        return (await ask()).active;
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
    });
    if (!response.ok) throw new Error(`introspection answered ${response.status}`);
    return (await response.json()) as IntrospectionResponse;
  }

  private call<Answer>(verb: 'introspect' | 'revocations', payload: object): Promise<Answer> {
    const { bus } = this;
    if (bus === undefined) throw new Error('there is no bus');
    const subject = rpcSubject(this.options.nats?.instance ?? '', verb);
    return firstValueFrom(bus.send<Answer>(subject, payload).pipe(timeout(PATIENCE_MILLISECONDS)));
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
