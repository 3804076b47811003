import { context, propagation } from '@opentelemetry/api';

/** The trace that the current work belongs to, as headers of a message (W3C `traceparent`); none while nothing is traced. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}
