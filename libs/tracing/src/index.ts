/**
 * OpenTelemetry traces: off unless the environment names a collector, and then of HTTP, PostgreSQL and NATS, with what
 * could be a secret taken out. Only the first lines of an application start it; what is called for every message costs
 * nothing while it is off. The only importer of OpenTelemetry.
 */
export { startTracing } from './start-tracing.js';
export { traceHeaders } from './trace-headers.js';
export { traceMessages } from './trace-messages.js';
