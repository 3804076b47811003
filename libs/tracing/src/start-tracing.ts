import { createRequire } from 'node:module';
import type * as Exporter from '@opentelemetry/exporter-trace-otlp-http';
import type * as Instrumentation from '@opentelemetry/instrumentation';
import type * as Http from '@opentelemetry/instrumentation-http';
import type * as Postgres from '@opentelemetry/instrumentation-pg';
import type * as Fetch from '@opentelemetry/instrumentation-undici';
import type * as Sdk from '@opentelemetry/sdk-trace-node';
import type * as Resources from '@opentelemetry/resources';
import { collectorOf } from './config.js';
import { toldSpan } from './told-span.js';

const NEVER_TRACED = /^\/(health|metrics)(\/|$)/;

/**
 * Starts tracing where the environment names a collector (`OTEL_EXPORTER_OTLP_ENDPOINT`); else loads nothing. To be called
 * before anything that shall be traced is imported, so it is synchronous. Returns whether spans are made.
 */
export function startTracing(serviceName: string): boolean {
  const endpoint = collectorOf();
  if (endpoint === undefined) return false;
  const load = createRequire(import.meta.url) as <Module>(name: string) => Module;
  const sdk = load<typeof Sdk>('@opentelemetry/sdk-trace-node');
  const { OTLPTraceExporter } = load<typeof Exporter>('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = load<typeof Resources>('@opentelemetry/resources');
  const exporter = new OTLPTraceExporter({ url: new URL('/v1/traces', endpoint).href });
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': String(process.pid) }),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        export: (spans, done) => exporter.export(spans.map(toldSpan), done),
        shutdown: () => exporter.shutdown(),
        forceFlush: () => exporter.forceFlush(),
      }),
    ],
  });
  provider.register();
  load<typeof Instrumentation>('@opentelemetry/instrumentation').registerInstrumentations({
    tracerProvider: provider,
    instrumentations: instrumentations(load),
  });
  // The last spans of a process that is asked to end leave with it; its own drain takes longer.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void provider.forceFlush());
  return true;
}

function instrumentations(load: <Module>(name: string) => Module): Instrumentation.Instrumentation[] {
  const { HttpInstrumentation } = load<typeof Http>('@opentelemetry/instrumentation-http');
  const { PgInstrumentation } = load<typeof Postgres>('@opentelemetry/instrumentation-pg');
  const { UndiciInstrumentation } = load<typeof Fetch>('@opentelemetry/instrumentation-undici');
  return [
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url = '' }) => NEVER_TRACED.test(url) }),
    // What no request asked for, such as the relay's looking, would be noise.
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    new UndiciInstrumentation({ requireParentforSpans: true }),
  ];
}
