import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';

/** What may leave: names and numbers that no client chose. Addresses lose their queries, since these carry codes and hints. */
const TOLD = new Set([
  'db.namespace',
  'db.operation.name',
  'db.postgresql.plan',
  'db.system',
  'db.system.name',
  'error.type',
  'http.method',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'http.status_code',
  'messaging.destination.name',
  'messaging.system',
  'server.address',
  'server.port',
]);
const ADDRESSES = new Set(['http.target', 'http.url', 'url.full', 'url.path']);

type Attributes = ReadableSpan['attributes'];

function toldAttributes(attributes: Attributes): Attributes {
  const told: Record<string, Attributes[string]> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (TOLD.has(name)) told[name] = value;
    else if (ADDRESSES.has(name) && typeof value === 'string') told[name] = withoutSecrets(value);
  }
  return told;
}

/** Without query, fragment and credentials. */
const withoutSecrets = (address: string): string =>
  (address.split(/[?#]/, 1)[0] as string).replace(/^([a-z]+:\/\/)[^/]*@/, '$1');

/** A span as it leaves the process: no text of errors, no statement, no header, no query. */
export function toldSpan(span: ReadableSpan): ReadableSpan {
  return Object.create(span, {
    attributes: { value: toldAttributes(span.attributes) },
    events: { value: [] },
    status: { value: { code: span.status.code } },
  }) as ReadableSpan;
}
