import { EVENT_STREAM, eventConsumerName } from '@tandem/contracts';
import type { AnyDomainEvent, RevocationEntry } from '@tandem/contracts';
import { InvalidTokenError, TokenVerifier } from '@tandem/jwt';
import { EventListener, IMPORTED_API_PREFIX, INBOXES, NatsLink } from '@tandem/messaging';
import type { Verdict } from '@tandem/messaging';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AuthServerClient } from './auth-server-client.js';
import { epochSeconds } from './clock.js';
import { entryOfEvent, isUsedEvent } from './entry-of-event.js';
import { EventReader } from './event-reader.js';
import { DEFAULTS, RESOURCE_SERVER_OPTIONS } from './options.js';
import type { ResourceServerOptions } from './options.js';
import { RevocationList } from './revocation-list.js';

const REBUILD_MILLISECONDS = 500;
const FORGET_MILLISECONDS = 60_000;
/** Deliveries of an event whose key is unknown, spread over more than a minute, before it counts as forged. */
const MOST_DELIVERIES = 12;
/** Events that may be remembered as taken live. */
const MOST_LIVE = 1_000;

/**
 * Keeps the list of what is revoked: a snapshot first, then every event.
 *
 *   empty ─snapshot→ complete ─gap in the events→ incomplete ─snapshot→ complete
 *
 * Incomplete or without a young heartbeat the list still refuses what is on it, but lets nothing through on its own.
 */
@Injectable()
export class RevocationListener implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RevocationListener.name);
  private readonly link: NatsLink | undefined;
  private readonly events: EventListener | undefined;
  private readonly reader: EventReader;
  private readonly stalenessSeconds: number;
  private forgetting: NodeJS.Timeout | undefined;
  private rebuilding: Promise<void> | undefined;
  private stopped = false;
  private wasBuilt = false;
  /** Counts the times that events may have passed us by; a snapshot covers those that it began after. */
  private gaps = 0;
  private coveredGaps = -1;
  /** Newest instant for which we know that nothing is missing, epoch seconds. */
  private currentAt = 0;
  /** Taken live; their signatures need no second look when the stream brings them. */
  private readonly live = new Set<string>();
  readonly list = new RevocationList();

  constructor(
    @Inject(RESOURCE_SERVER_OPTIONS) options: ResourceServerOptions,
    verifier: TokenVerifier,
    private readonly authServer: AuthServerClient,
  ) {
    this.stalenessSeconds = options.stalenessSeconds ?? DEFAULTS.stalenessSeconds;
    this.reader = new EventReader(options.issuer, verifier, authServer);
    if (options.nats === undefined) return;
    const { url, instance, seedFile } = options.nats;
    const credentials = seedFile === undefined ? {} : { seedFile, inboxPrefix: INBOXES.resourceServer(instance) };
    this.link = new NatsLink({ url, name: `resource server ${instance} events`, ...credentials }, this.logger);
    this.events = new EventListener({
      ...{ link: this.link, logger: this.logger },
      ...{ stream: EVENT_STREAM, consumer: eventConsumerName(instance) },
      ...(seedFile === undefined ? {} : { apiPrefix: IMPORTED_API_PREFIX }),
      onEvent: (raw, type, delivery) => this.take(raw, type, delivery),
      onLiveEvent: (raw, type) => this.takeLive(raw, type),
      onGap: () => this.noticeGap(),
      onReturn: () => void this.catchUp(),
    });
  }

  /** Ready once the list is there; without a bus there is none to wait for. */
  get isReady(): boolean {
    return this.events === undefined || this.wasBuilt;
  }

  /** Whether the list may be relied on: no event is missing, the last heartbeat is young, and everything found room. */
  isCurrent(now: number): boolean {
    if (this.stalenessSeconds === 0) return false;
    if (this.events === undefined) return true;
    return this.coveredGaps === this.gaps && now - this.currentAt <= this.stalenessSeconds && this.list.isComplete(now);
  }

  onApplicationBootstrap(): void {
    if (this.events === undefined) return;
    this.link?.start();
    this.events.start();
    this.startRebuild();
    this.forgetting = setInterval(() => this.list.forget(epochSeconds()), FORGET_MILLISECONDS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearInterval(this.forgetting);
    await this.events?.stop();
    await this.link?.stop();
  }

  private noticeGap(): void {
    this.gaps += 1;
    this.startRebuild();
  }

  private startRebuild(): void {
    this.rebuilding ??= this.rebuild().finally(() => {
      this.rebuilding = undefined;
      if (!this.stopped && this.coveredGaps !== this.gaps) this.startRebuild();
    });
  }

  /** The snapshot holds everything that was committed before it was read. Tried until one covers the last gap. */
  private async rebuild(): Promise<void> {
    while (!this.stopped && this.coveredGaps !== this.gaps) {
      const gaps = this.gaps;
      try {
        await this.addSnapshot();
        this.coveredGaps = gaps;
        this.wasBuilt = true;
      } catch (error) {
        this.logger.warn({ cause: String(error) }, 'the list of revocations can not be loaded yet');
        await new Promise((resolve) => setTimeout(resolve, REBUILD_MILLISECONDS).unref());
      }
    }
  }

  /** Nothing depends on it: what the snapshot can't tell now, the stream will. */
  private async catchUp(): Promise<void> {
    await this.addSnapshot().catch((error: unknown) =>
      this.logger.warn({ cause: String(error) }, 'what was revoked meanwhile is heard later'),
    );
  }

  private async addSnapshot(): Promise<void> {
    const { list, at } = await this.loadSnapshot();
    // Added to what is there, never instead of it: events may have come meanwhile.
    for (const entry of list) this.list.add(entry);
    this.setCurrent(at);
  }

  private async loadSnapshot(): Promise<{ readonly list: readonly RevocationEntry[]; readonly at: number }> {
    const list: RevocationEntry[] = [];
    let after: string | undefined;
    let at: number | undefined;
    do {
      const page = await this.authServer.revocations(after);
      list.push(...page.entries);
      at ??= page.at;
      if (page.next === after) break;
      after = page.next;
    } while (after !== undefined);
    return { list, at };
  }

  /**
   * A revocation is taken from wherever it comes first: it is signed, and taking it twice changes nothing. A heartbeat
   * is not, since here it says nothing about what came before it; nor is a refusal final, since the stream brings it again.
   */
  private async takeLive(raw: string, type: string): Promise<void> {
    if (!isUsedEvent(type) || type === 'heartbeat') return;
    this.apply(await this.reader.read(raw, type));
    this.live.add(raw);
    if (this.live.size > MOST_LIVE) this.live.clear();
  }

  private async take(raw: string, type: string, delivery: number): Promise<Verdict> {
    if (!isUsedEvent(type) || this.live.delete(raw)) return 'ack';
    try {
      this.apply(await this.reader.read(raw, type));
      return 'ack';
    } catch (error) {
      if (!(error instanceof InvalidTokenError)) throw error;
      if (error.reason === 'unknown_key' && delivery < MOST_DELIVERIES) return 'nak';
      this.logger.error({ reason: error.reason, type }, 'an event was refused');
      // Was it true after all, then the snapshot knows.
      if (error.reason === 'unknown_key') this.noticeGap();
      return 'term';
    }
  }

  private apply(event: AnyDomainEvent): void {
    if (event.type === 'heartbeat') this.setCurrent(event.at);
    if (event.type === 'keys.rotated') void this.authServer.refreshKeys();
    const entry = entryOfEvent(event);
    if (entry !== undefined) this.list.add(entry);
  }

  /** An old heartbeat changes nothing, and one from the future counts as of now. */
  private setCurrent(at: number): void {
    this.currentAt = Math.max(this.currentAt, Math.min(at, epochSeconds()));
  }
}
