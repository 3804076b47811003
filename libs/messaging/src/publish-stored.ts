import { jetstream } from '@nats-io/jetstream';
import type { NatsLink } from './nats-link.js';

const ACK_MILLISECONDS = 2_000;

/**
 * Publishes a text that a stream shall keep. One with the same id that is published again soon is kept once.
 *
 * @returns whether the stream has acknowledged it; false when the bus is away, and then it may be tried again.
 */
export async function publishStored(
  link: NatsLink | undefined,
  subject: string,
  text: string,
  id: string,
): Promise<boolean> {
  const connection = link?.current;
  if (connection === undefined) return false;
  try {
    await jetstream(connection).publish(subject, text, { msgID: id, timeout: ACK_MILLISECONDS });
    return true;
  } catch {
    return false;
  }
}
