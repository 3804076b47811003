/**
 * The HTTP base that the applications share: a hardened Fastify adapter, one log line a request, health, metrics on a
 * listener of their own, and a shutdown that loses nothing. It knows nothing of the protocol and reads no environment.
 */
export { Admission } from './admission.js';
export type { AdmissionOptions, Urgency } from './admission.js';
export { createWebApp, DEFAULT_BODY_LIMIT, fastifyOf } from './create-web-app.js';
export type { WebAppOptions } from './create-web-app.js';
export { FrameworkErrorFilter } from './framework-errors.js';
export type { ErrorPage, Refusal } from './refusal.js';
export { sendJson } from './refusal.js';
export * from './health.js';
export * from './listening.js';
export { createLogger, NestLogger } from './logging.js';
export { metricsRegistry } from './metrics.js';
export * from './page-policy.js';
export * from './serve.js';
export * from './environment.js';
