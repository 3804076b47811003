import { jetstream } from '@nats-io/jetstream';
import type { JetStreamClient, PubAck } from '@nats-io/jetstream';
import type { AnyDomainEvent } from '@tandem/contracts';
import type { LinkLogger, NatsLink } from './nats-link.js';
import type { OutboxEntry, OutboxSource, Publishable } from './outbox-source.js';
import { publishInOrder } from './publish-in-order.js';

const BATCH = 100;
/** An event that isn't acknowledged by then is published again, which the stream recognises; those behind it wait no longer. */
const ACK_MILLISECONDS = 400;
/** The batch's transaction stays open so long at most, plus one acknowledgement. */
const BATCH_MILLISECONDS = 500;
/** In case a notification was lost; and while events are left over. */
const IDLE_MILLISECONDS = 5_000;
const FIRST_PAUSE_MILLISECONDS = 200;
const LONGEST_PAUSE_MILLISECONDS = 300;
/** Failures that follow one another are told this often. */
const TELL_MILLISECONDS = 2_000;
const STREAM_SECONDS = 86_400;

/**
 * Carries events from the outbox to JetStream. It is woken by the commit of an event, publishes in order within a
 * family, and marks only what the stream has acknowledged; a broker that is away makes it wait, and nobody else.
 */
export class OutboxRelay<E extends Publishable = AnyDomainEvent> {
  private readonly encoder = new TextEncoder();
  private stream: JetStreamClient | undefined;
  private stopWaking: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private pause = FIRST_PAUSE_MILLISECONDS;
  private wokenMeanwhile = false;
  private stopped = false;
  private lastSequence = 0;
  private isStreamNew = false;
  /** Of the last batch: what went wrong, and how many entries there was no time for. */
  private failure: unknown;
  private untried = 0;
  private isBackingOff = false;
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly options: {
      readonly source: OutboxSource<E>;
      readonly link: NatsLink;
      readonly subject: (event: E) => string;
      readonly sign: (event: E) => string;
      readonly logger: LinkLogger;
      readonly onPublished?: (count: number) => void;
      /** How often to look where nobody wakes us. */
      readonly idleMilliseconds?: number;
    },
  ) {}

  start(): void {
    const { source, link } = this.options;
    link.onUp(() => {
      const connection = link.current;
      this.stream = connection === undefined ? undefined : jetstream(connection, { timeout: ACK_MILLISECONDS });
      this.pause = FIRST_PAUSE_MILLISECONDS;
      this.isBackingOff = false;
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
    if (this.stopped || this.isBackingOff) return;
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
      let isMore = true;
      while (isMore && !this.stopped && this.options.link.current !== undefined) {
        this.untried = 0;
        const settled = await this.options.source.publishBatch(BATCH, (entries) => this.publish(entries));
        if (settled > 0) this.options.onPublished?.(settled);
        // Only now: the batch's own rows were locked until here.
        if (this.isStreamNew) await this.refill();
        if (this.failure !== undefined) throw this.failure;
        isMore = settled === BATCH || this.untried > 0;
      }
      this.pause = FIRST_PAUSE_MILLISECONDS;
      this.lookAgainIn(this.options.idleMilliseconds ?? IDLE_MILLISECONDS);
    } catch (error) {
      this.failure = undefined;
      this.tellFailure(error);
      // However many events are committed meanwhile, none of them makes us hurry.
      this.isBackingOff = true;
      this.lookAgainIn(this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MILLISECONDS);
    }
  }

  private tellFailure(error: unknown): void {
    if (performance.now() - this.toldAt < TELL_MILLISECONDS) return;
    this.toldAt = performance.now();
    this.options.logger.warn(
      { cause: error instanceof Error ? error.message : 'unknown' },
      'events wait in the outbox',
    );
  }

  private lookAgainIn(milliseconds: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.isBackingOff = false;
      this.wake();
    }, milliseconds);
    this.timer.unref();
  }

  private async publish(entries: readonly OutboxEntry<E>[]): Promise<ReadonlySet<string>> {
    const end = performance.now() + BATCH_MILLISECONDS;
    let highest = 0;
    const { settled, failure } = await publishInOrder(
      entries,
      async (entry) => {
        const { seq, duplicate } = await this.publishOne(entry);
        // A repetition is acknowledged with the number that the first one got.
        if (!duplicate) highest = Math.max(highest, seq);
      },
      () => performance.now() < end,
    );
    this.failure = failure;
    this.untried = entries.length - settled.size;
    if (highest > 0) {
      this.isStreamNew = highest <= this.lastSequence;
      this.lastSequence = highest;
    }
    return settled;
  }

  /** Resolves once the stream has acknowledged the event. */
  private publishOne({ id, event }: OutboxEntry<E>): Promise<PubAck> {
    const { stream } = this;
    const { sign, subject } = this.options;
    if (stream === undefined) throw new Error('NATS is not connected');
    const message = this.encoder.encode(sign(event));
    return stream.publish(subject(event), message, { msgID: id, timeout: ACK_MILLISECONDS });
  }

  /** The stream counts from the start again, so it has lost what it held: PostgreSQL still has it. */
  private async refill(): Promise<void> {
    const reopened = await this.options.source.reopen(STREAM_SECONDS);
    this.isStreamNew = false;
    this.untried += reopened;
    this.options.logger.warn({ reopened }, 'the event stream was lost and is being filled again');
  }
}
