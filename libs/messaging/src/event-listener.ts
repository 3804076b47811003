import { jetstream } from '@nats-io/jetstream';
import type { Consumer, ConsumerInfo, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { EVENT_SUBJECT_PREFIX, MAXIMUM_MESSAGE_BYTES } from '@tandem/contracts';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { LinkLogger, NatsLink } from './nats-link.js';
import { LIVE_EVENTS_PREFIX } from './nats-server-config.js';

/** What to do with a message: it is done, it must never come again, or it shall come again later. */
export type Verdict = 'ack' | 'term' | 'nak';

export interface EventListenerOptions {
  readonly link: NatsLink;
  readonly stream: string;
  /** The durable consumer, which the provisioner made. */
  readonly consumer: string;
  /** `ev.API` where the stream is imported from another account, `$JS.API` in the same one. */
  readonly apiPrefix?: string;
  /** `raw` is the event as it came, a compact JWS; `type` is what its subject says; `delivery` counts from 1. */
  readonly onEvent: (raw: string, type: string, delivery: number) => Promise<Verdict> | Verdict;
  /**
   * The same event as it passes by, before the stream has stored it: sooner, and also while nobody leads the stream. It
   * may be missed or come twice, and it never comes alone: the stream brings it again.
   */
  readonly onLiveEvent?: (raw: string, type: string) => Promise<void>;
  /** Events may have passed us by: what they told must be learned in another way. Told at the first contact too. */
  readonly onGap: () => void;
  /** The connection is back after a loss. The stream brings what was missed, but only after some seconds of its reader's patience. */
  readonly onReturn?: () => void;
  readonly logger: LinkLogger;
}

const RETRY_MILLISECONDS = 500;
/** JetStream's own, not our heartbeat event. Two missed ones make the reader ask again: the server that led the stream may be gone. */
const IDLE_HEARTBEAT_MILLISECONDS = 1_000;
const LONGEST_RETRY_MILLISECONDS = 10_000;

/**
 * Reads a durable consumer and survives whatever happens to the connection.
 * The numbers of the stream are watched: one that is left out (the stream was made anew or cut, or another process used
 * the same consumer) is told as a gap.
 */
export class EventListener {
  private consumer: Consumer | undefined;
  private messages: ConsumerMessages | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private liveOn: NatsConnection | undefined;
  private live: Subscription | undefined;
  private consumerCreated: string | undefined;
  /** Every event up to this number was taken here, or is covered by what `onGap` set off. */
  private covered = 0;

  constructor(private readonly options: EventListenerOptions) {}

  start(): void {
    this.options.link.onUp(() => {
      if (this.stopped) return;
      this.listenLive();
      if (this.running === undefined) {
        this.running = this.run();
        return;
      }
      this.options.onReturn?.();
      void this.lookAgain();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.live?.unsubscribe();
    await this.messages?.close();
    if (this.options.link.current !== undefined) await this.running;
  }

  /** Once for each connection; the client subscribes anew after a reconnection. */
  private listenLive(): void {
    const { link, apiPrefix, onLiveEvent, logger } = this.options;
    const connection = link.current;
    if (onLiveEvent === undefined || connection === undefined || connection === this.liveOn) return;
    this.liveOn = connection;
    const prefix = `${apiPrefix === undefined ? '' : `${LIVE_EVENTS_PREFIX}.`}${EVENT_SUBJECT_PREFIX}`;
    this.live = connection.subscribe(`${prefix}>`, {
      callback: (error, message) => {
        if (error !== null) return logger.warn({ cause: String(error) }, 'events are not seen live');
        if (message.data.length > MAXIMUM_MESSAGE_BYTES) return;
        onLiveEvent(message.string(), message.subject.slice(prefix.length)).catch((cause: unknown) =>
          logger.warn({ cause: String(cause) }, 'a live event could not be taken'),
        );
      },
    });
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.consume();
      } catch (error) {
        this.options.logger.warn({ cause: String(error) }, 'events can not be read now');
      }
      if (!this.stopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS).unref());
    }
  }

  private async consume(): Promise<void> {
    const connection = this.options.link.current;
    if (connection === undefined) return;
    const { apiPrefix, stream, consumer } = this.options;
    const client = jetstream(connection, apiPrefix === undefined ? {} : { apiPrefix });
    this.consumer = await client.consumers.get(stream, consumer);
    this.place(await this.consumer.info());
    this.messages = await this.consumer.consume({
      max_messages: 200,
      idle_heartbeat: IDLE_HEARTBEAT_MILLISECONDS,
      expires: 30_000,
    });
    if (this.stopped) return void (await this.messages.close());
    void this.watch(this.messages);
    for await (const message of this.messages) await this.take(message);
  }

  /** Where the consumer stands. A consumer made anew belongs to a stream made anew; one that ran back lost its tail. */
  private place({ created, delivered, num_pending: pending }: ConsumerInfo): void {
    const position = delivered.stream_seq + pending;
    if (created === this.consumerCreated && position >= this.covered) return;
    this.consumerCreated = created;
    this.covered = position;
    this.options.onGap();
  }

  /** After a reconnection the same name may stand for another consumer. */
  private async lookAgain(): Promise<void> {
    try {
      const info = await this.consumer?.info();
      if (info !== undefined) this.place(info);
    } catch {
      await this.messages?.close();
    }
  }

  /** A consumer that is gone is looked for again: the provisioner may have made another one. */
  private async watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) {
      if (type === 'consumer_not_found' || type === 'consumer_deleted' || type === 'stream_not_found')
        await messages.close();
    }
  }

  private async take(message: JsMsg): Promise<void> {
    const { streamSequence, deliveryCount } = message.info;
    const isGap = streamSequence > this.covered + 1;
    this.covered = Math.max(this.covered, streamSequence);
    if (isGap) this.options.onGap();
    const verdict = message.data.length > MAXIMUM_MESSAGE_BYTES ? 'term' : await this.judge(message, deliveryCount);
    if (verdict === 'ack') message.ack();
    else if (verdict === 'term') message.term();
    else message.nak(Math.min(RETRY_MILLISECONDS * 2 ** (deliveryCount - 1), LONGEST_RETRY_MILLISECONDS));
  }

  /** A handler that fails has not judged: the message comes again, and the next one is not held up. */
  private async judge(message: JsMsg, deliveryCount: number): Promise<Verdict> {
    try {
      const type = message.subject.slice(EVENT_SUBJECT_PREFIX.length);
      return await this.options.onEvent(message.string(), type, deliveryCount);
    } catch (error) {
      this.options.logger.warn({ cause: String(error) }, 'an event could not be taken');
      return 'nak';
    }
  }
}
