import { jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectOnce } from './nats-link.js';
import { IMPORTED_API_PREFIX, INBOXES } from './nats-server-config.js';

/** How many messages are asked for at once. */
const WINDOW = 64;
const DECODER = new TextDecoder();

/** What a stream holds by its numbers; `first` is above 1 once old messages have left. */
export interface StreamExtent {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads streams message by message, from wherever one wants, without a consumer: who may only do that can neither make
 * the server deliver anywhere nor take a message from anybody.
 */
export class StreamReader {
  private constructor(
    private readonly connection: NatsConnection,
    private readonly manager: JetStreamManager,
  ) {}

  /** Connects, as the auditor when there is a seed. */
  static async open(url: string, seedFile: string | undefined): Promise<StreamReader> {
    const credentials = seedFile === undefined ? {} : { seedFile, inboxPrefix: INBOXES.auditor };
    const connection = await connectOnce({ url, name: 'auditor', ...credentials });
    const apiPrefix = seedFile === undefined ? {} : { apiPrefix: IMPORTED_API_PREFIX };
    return new StreamReader(connection, await jetstreamManager(connection, { checkAPI: false, ...apiPrefix }));
  }

  async extent(stream: string): Promise<StreamExtent> {
    const { state } = await this.manager.streams.info(stream);
    return { first: Math.max(state.first_seq, 1), last: state.last_seq };
  }

  /** The messages from number `from` to `to`, in order; those that have left meanwhile are left out. */
  async *read(
    stream: string,
    from: number,
    to: number,
  ): AsyncGenerator<{ readonly subject: string; readonly text: string }> {
    for (let start = from; start <= to; start += WINDOW) {
      const numbers = Array.from({ length: Math.min(WINDOW, to - start + 1) }, (_, index) => start + index);
      for (const message of await Promise.all(numbers.map((seq) => this.manager.direct.getMessage(stream, { seq }))))
        if (message !== null) yield { subject: message.subject, text: DECODER.decode(message.data) };
    }
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}
