import { jetstream } from '@nats-io/jetstream';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { EVENT_STREAM, EVENT_SUBJECT_PREFIX, eventConsumerName } from '@tandem/contracts';
import type { LinkLogger, NatsLink } from './nats-link.js';

/** What to do with a message: it is done, it must never come again, or it shall come again later. */
export type Verdict = 'ack' | 'term' | 'nak';

export interface EventListenerOptions {
  readonly link: NatsLink;
  readonly instance: string;
  /** `ev.API` where the stream is imported from another account, `$JS.API` in the same one. */
  readonly apiPrefix?: string;
  /** `raw` is the event as it came, a compact JWS; `type` is what its subject says. */
  readonly onEvent: (raw: string, type: string) => Promise<Verdict> | Verdict;
  /** The stream is another one than before: what was learned from the old one may be incomplete. */
  readonly onNewStream: () => void;
  readonly logger: LinkLogger;
}

const RETRY_MILLISECONDS = 500;
const MAXIMUM_BYTES = 8_192;

/** Reads the instance's durable consumer, which the provisioner made, and survives whatever happens to the connection. */
export class EventListener {
  private messages: ConsumerMessages | undefined;
  private stopped = false;
  private running = false;
  private consumerCreated: string | undefined;

  constructor(private readonly options: EventListenerOptions) {}

  start(): void {
    this.options.link.onUp(() => {
      if (this.running) return;
      this.running = true;
      void this.run();
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.messages?.close();
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.consume();
      } catch (error) {
        this.options.logger.warn({ cause: String(error) }, 'events can not be read now');
      }
      if (!this.stopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS));
    }
  }

  private async consume(): Promise<void> {
    const connection = this.options.link.current;
    if (connection === undefined) return;
    const { apiPrefix, instance } = this.options;
    const client = jetstream(connection, apiPrefix === undefined ? {} : { apiPrefix });
    const consumer = await client.consumers.get(EVENT_STREAM, eventConsumerName(instance));
    this.noticeNewStream((await consumer.info()).created);
    this.messages = await consumer.consume({ max_messages: 200, idle_heartbeat: 5_000, expires: 30_000 });
    void this.watch(this.messages);
    for await (const message of this.messages) await this.take(message);
  }

  /** A consumer that was made anew belongs to a stream that was made anew. */
  private noticeNewStream(created: string): void {
    const known = this.consumerCreated;
    this.consumerCreated = created;
    if (known !== undefined && known !== created) this.options.onNewStream();
  }

  /** A consumer that is gone is looked for again: the provisioner may have made another one. */
  private async watch(messages: ConsumerMessages): Promise<void> {
    for await (const { type } of messages.status()) {
      if (type === 'consumer_not_found' || type === 'consumer_deleted' || type === 'stream_not_found')
        await messages.close();
    }
  }

  private async take(message: JsMsg): Promise<void> {
    const verdict =
      message.data.length > MAXIMUM_BYTES
        ? 'term'
        : await this.options.onEvent(message.string(), message.subject.slice(EVENT_SUBJECT_PREFIX.length));
    if (verdict === 'ack') message.ack();
    else if (verdict === 'term') message.term();
    else message.nak(RETRY_MILLISECONDS);
  }
}
