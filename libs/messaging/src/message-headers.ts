import type { MsgHdrs } from '@nats-io/transport-node';
import { headers } from '@nats-io/transport-node';
import { traceHeaders } from '@tandem/tracing';

/** Headers of a NATS message from plain names and values, with the trace that it belongs to. */
export function messageHeaders(values: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries({ ...traceHeaders(), ...values })) made.set(name, value);
  return made;
}
