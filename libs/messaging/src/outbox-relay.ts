import { jetstream } from '@nats-io/jetstream';
import type { JetStreamClient } from '@nats-io/jetstream';
import type { AnyDomainEvent } from '@tandem/contracts';
import { EVENT_SUBJECT_PREFIX } from '@tandem/contracts';
import type { LinkLogger, NatsLink } from './nats-link.js';

/** A committed event that waits to be published. `key` names its family: events of one family keep their order. */
export interface OutboxEntry {
  readonly id: string;
  readonly key: string;
  readonly event: AnyDomainEvent;
}

/** Where the events wait. The store behind it marks what `publish` returns; everything else stays. */
export interface OutboxSource {
  publishBatch(
    limit: number,
    publish: (entries: readonly OutboxEntry[]) => Promise<ReadonlySet<string>>,
  ): Promise<number>;
  onWake(listener: () => void): () => void;
  /** Puts events of the last seconds back in line, after the stream has lost them. */
  reopen(withinSeconds: number): Promise<number>;
}

const BATCH = 100;
const ACK_MILLISECONDS = 2_000;
/** In case a notification was lost; and while events are left over. */
const IDLE_MILLISECONDS = 5_000;
const FIRST_PAUSE_MILLISECONDS = 200;
const LONGEST_PAUSE_MILLISECONDS = 5_000;
const STREAM_SECONDS = 86_400;

/**
 * Carries events from the outbox to JetStream. It is woken by the commit of an event, publishes in order within a
 * family, and marks only what the stream has acknowledged; a broker that is away makes it wait, and nobody else.
 */
export class OutboxRelay {
  private readonly encoder = new TextEncoder();
  private stream: JetStreamClient | undefined;
  private stopWaking: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private pause = FIRST_PAUSE_MILLISECONDS;
  private wokenMeanwhile = false;
  private stopped = false;
  private lastSequence = 0;

  constructor(
    private readonly options: {
      readonly source: OutboxSource;
      readonly link: NatsLink;
      readonly sign: (event: AnyDomainEvent) => string;
      readonly logger: LinkLogger;
      readonly onPublished?: (count: number) => void;
    },
  ) {}

  start(): void {
    const { source, link } = this.options;
    link.onUp(() => {
      const connection = link.current;
      this.stream = connection === undefined ? undefined : jetstream(connection, { timeout: ACK_MILLISECONDS });
      this.pause = FIRST_PAUSE_MILLISECONDS;
      this.wake();
    });
    this.stopWaking = source.onWake(() => this.wake());
  }

  /** Ends after the batch that is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stopWaking?.();
    clearTimeout(this.timer);
    await this.running;
  }

  private wake(): void {
    if (this.stopped) return;
    if (this.running !== undefined) {
      this.wokenMeanwhile = true;
      return;
    }
    clearTimeout(this.timer);
    this.running = this.drain().finally(() => {
      this.running = undefined;
      if (this.wokenMeanwhile) this.wake();
    });
  }

  /** Publishes until nothing is left or something fails, then sets when to look again. */
  private async drain(): Promise<void> {
    this.wokenMeanwhile = false;
    try {
      let published = 0;
      do {
        published =
          this.options.link.current === undefined
            ? 0
            : await this.options.source.publishBatch(BATCH, (entries) => this.publish(entries));
        if (published > 0) this.options.onPublished?.(published);
      } while (published === BATCH && !this.stopped);
      this.pause = FIRST_PAUSE_MILLISECONDS;
      this.lookAgainIn(IDLE_MILLISECONDS);
    } catch (error) {
      this.options.logger.warn(
        { cause: error instanceof Error ? error.message : 'unknown' },
        'events wait in the outbox',
      );
      this.lookAgainIn(this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MILLISECONDS);
    }
  }

  private lookAgainIn(milliseconds: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => this.wake(), milliseconds);
    this.timer.unref();
  }

  /** Families side by side, the events of one of them one after another, up to its first failure. */
  private async publish(entries: readonly OutboxEntry[]): Promise<ReadonlySet<string>> {
    const families = new Map<string, OutboxEntry[]>();
    for (const entry of entries) families.set(entry.key, [...(families.get(entry.key) ?? []), entry]);
    const published = new Set<string>();
    let failure: unknown;
    let highest = 0;
    await Promise.all(
      [...families.values()].map(async (family) => {
        for (const entry of family) {
          try {
            highest = Math.max(highest, await this.publishOne(entry));
            published.add(entry.id);
          } catch (error) {
            failure ??= error;
            return;
          }
        }
      }),
    );
    if (failure !== undefined)
      this.options.logger.warn(
        { cause: failure instanceof Error ? failure.message : 'unknown', left: entries.length - published.size },
        'events were not acknowledged',
      );
    if (published.size === 0 && failure !== undefined) throw failure;
    if (highest < this.lastSequence) await this.refill();
    this.lastSequence = highest;
    return published;
  }

  /** Resolves to the event's sequence number in the stream once that has acknowledged it. */
  private async publishOne({ id, event }: OutboxEntry): Promise<number> {
    const { stream } = this;
    if (stream === undefined) throw new Error('NATS is not connected');
    const message = this.encoder.encode(this.options.sign(event));
    const { seq } = await stream.publish(`${EVENT_SUBJECT_PREFIX}${event.type}`, message, {
      msgID: id,
      timeout: ACK_MILLISECONDS,
    });
    return seq;
  }

  /** The stream counts from the start again, so it has lost what it held: PostgreSQL still has it. */
  private async refill(): Promise<void> {
    const reopened = await this.options.source.reopen(STREAM_SECONDS);
    this.options.logger.warn({ reopened }, 'the event stream was lost and is being filled again');
    this.wokenMeanwhile = true;
  }
}
