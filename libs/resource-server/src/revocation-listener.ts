import type { AnyDomainEvent, RevocationEntry } from '@tandem/contracts';
import { EVENT_CLASSES, EVENT_TYPES } from '@tandem/contracts';
import { InvalidTokenError, readHeader, TokenVerifier } from '@tandem/jwt';
import { EventListener, IMPORTED_API_PREFIX, INBOXES, NatsLink } from '@tandem/messaging';
import type { Verdict } from '@tandem/messaging';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { AuthServerClient } from './auth-server-client.js';
import { DEFAULTS, RESOURCE_SERVER_OPTIONS } from './options.js';
import type { ResourceServerOptions } from './options.js';
import { RevocationList } from './revocation-list.js';

const EVENT_AUDIENCE = 'tandem:resource-servers';
const REBUILD_MILLISECONDS = 500;
const FORGET_MILLISECONDS = 60_000;
/** How long tokens of a disabled user or client may still be around, seconds. */
const LONGEST_ACCESS_TOKEN_SECONDS = 86_400;
const SKEW_SECONDS = 60;

/**
 * Keeps the list of what is revoked: a snapshot first, then every event. Events are proven by their signature, so a broken
 * broker can neither forge a revocation nor a heartbeat.
 */
@Injectable()
export class RevocationListener implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RevocationListener.name);
  private readonly link: NatsLink | undefined;
  private readonly events: EventListener | undefined;
  private forgetting: NodeJS.Timeout | undefined;
  private rebuilding: Promise<void> | undefined;
  private stopped = false;
  private rebuilt = false;
  /** Newest instant for which we know that nothing is missing, epoch seconds. */
  private currentAt = 0;
  list = new RevocationList();

  constructor(
    @Inject(RESOURCE_SERVER_OPTIONS) private readonly options: ResourceServerOptions,
    private readonly verifier: TokenVerifier,
    private readonly authServer: AuthServerClient,
  ) {
    const { nats } = options;
    if (nats === undefined) return;
    const { url, instance, seedFile } = nats;
    const credentials = seedFile === undefined ? {} : { seedFile, inboxPrefix: INBOXES.resourceServer(instance) };
    this.link = new NatsLink({ url, name: `resource server ${instance} events`, ...credentials }, this.logger);
    this.events = new EventListener({
      ...{ link: this.link, instance, logger: this.logger },
      ...(seedFile === undefined ? {} : { apiPrefix: IMPORTED_API_PREFIX }),
      onEvent: (raw, type) => this.take(raw, type),
      onNewStream: () => this.startRebuild(),
    });
  }

  /** Ready once the list is there; without a bus there is none to wait for. */
  get isReady(): boolean {
    return this.events === undefined || this.rebuilt;
  }

  /** Whether the list may be relied on: the last heartbeat is young, and everything found room. */
  isCurrent(now: number): boolean {
    if (this.events === undefined) return true;
    const { stalenessSeconds = DEFAULTS.stalenessSeconds } = this.options;
    return this.rebuilt && !this.list.isFull && now - this.currentAt <= stalenessSeconds;
  }

  onApplicationBootstrap(): void {
    if (this.link === undefined) return;
    this.link.start();
    this.startRebuild();
    this.forgetting = setInterval(() => this.list.forget(epochSeconds()), FORGET_MILLISECONDS);
    this.forgetting.unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.forgetting);
    await this.events?.stop();
    await this.link?.stop();
  }

  private startRebuild(): void {
    this.rebuilding ??= this.rebuild().finally(() => {
      this.rebuilding = undefined;
    });
  }

  /**
   * The snapshot holds everything that was committed before it was read; the consumer delivers what it has not
   * acknowledged before, so nothing falls between the two. Tried until it works: until then nothing is decided here.
   */
  private async rebuild(): Promise<void> {
    while (!this.stopped) {
      try {
        const { list, at } = await this.loadSnapshot();
        // Added to what is there, never instead of it: events may have come meanwhile.
        for (const entry of list) this.list.add(entry);
        this.currentAt = Math.max(this.currentAt, Math.min(at, epochSeconds()));
        this.rebuilt = true;
        this.events?.start();
        return;
      } catch (error) {
        this.logger.warn({ cause: String(error) }, 'the list of revocations can not be loaded yet');
        await new Promise((resolve) => setTimeout(resolve, REBUILD_MILLISECONDS));
      }
    }
  }

  private async loadSnapshot(): Promise<{ readonly list: readonly RevocationEntry[]; readonly at: number }> {
    const list: RevocationEntry[] = [];
    let after: string | undefined;
    let at: number | undefined;
    do {
      const page = await this.authServer.revocations(after);
      list.push(...page.entries);
      at ??= page.at;
      after = page.next;
    } while (after !== undefined);
    return { list, at };
  }

  private async take(raw: string, type: string): Promise<Verdict> {
    let event: AnyDomainEvent | undefined;
    try {
      event = await this.verify(raw, type);
    } catch (error) {
      if (!(error instanceof InvalidTokenError)) throw error;
      // A key that we could not fetch yet is no proof of a forgery.
      if (error.reason === 'unknown_key') return 'nak';
      this.logger.error({ reason: error.reason, type }, 'an event was refused');
      return 'term';
    }
    if (event !== undefined) this.apply(event);
    return 'ack';
  }

  /** The proven event; undefined for a type that we don't know, which a newer server may send. */
  private async verify(raw: string, type: string): Promise<AnyDomainEvent | undefined> {
    const { kid, alg } = readHeader(raw);
    const { claims } = this.verifier.verify('event', raw, {
      keys: await this.authServer.keys.find(kid, alg as 'ES256'),
      algorithms: DEFAULTS.algorithms,
      issuer: this.options.issuer,
      audience: EVENT_AUDIENCE,
      now: epochSeconds(),
      clockToleranceSeconds: SKEW_SECONDS,
    });
    const known = EVENT_TYPES.find((name) => name === type);
    if (known === undefined) return undefined;
    const event = plainToInstance(EVENT_CLASSES[known] as new () => AnyDomainEvent, claims['event'] as object);
    if (event.type !== type || validateSync(event).length > 0) throw new InvalidTokenError('bad_claims', 'event');
    return event;
  }

  private apply(event: AnyDomainEvent): void {
    if (event.type === 'heartbeat') {
      this.currentAt = Math.max(this.currentAt, Math.min(event.at, epochSeconds()));
      return;
    }
    const entry = entryOf(event);
    if (entry !== undefined) this.list.add(entry);
  }
}

const epochSeconds = (): number => Math.floor(Date.now() / 1_000);

/** What an event puts on the list; most put nothing. */
function entryOf(event: AnyDomainEvent): RevocationEntry | undefined {
  switch (event.type) {
    case 'token.revoked':
      return { kind: 'jti', id: event.jti, until: event.exp };
    case 'grant.revoked':
      return { kind: 'grant', id: event.grantId, until: event.exp };
    case 'grant.changed':
      return {
        kind: 'grant-scope',
        id: event.grantId,
        scope: event.withdrawnScope,
        notBefore: event.at,
        until: event.exp,
      };
    case 'session.ended':
      return { kind: 'session', id: event.sid, until: event.exp };
    case 'user.disabled':
      return {
        kind: 'user',
        id: event.userId,
        notBefore: event.notBefore,
        until: event.notBefore + LONGEST_ACCESS_TOKEN_SECONDS,
      };
    case 'client.disabled':
      return {
        kind: 'client',
        id: event.clientId,
        notBefore: event.notBefore,
        until: event.notBefore + LONGEST_ACCESS_TOKEN_SECONDS,
      };
    case 'grant.issued':
    case 'client.changed':
    case 'keys.rotated':
    case 'heartbeat':
      return undefined;
  }
}
