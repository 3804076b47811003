import type { MsgHdrs } from '@nats-io/transport-node';
import { headers } from '@nats-io/transport-node';

/** Headers of a NATS message from plain names and values. */
export function messageHeaders(values: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(values)) made.set(name, value);
  return made;
}
