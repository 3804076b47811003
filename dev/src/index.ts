/**
 * The embedded default: PostgreSQL, nats-server and the three apps as child processes on a machine that has only Node.
 * Everything started here ends with its starter, kill -9 included. For development, tests and the benchmark; it is never
 * part of a deployment and never holds a rule of the protocol.
 */
export { APP_NAMES, AppProcess, launchOf, startApp } from './apps/app-process.js';
export type { AppName, AppOptions } from './apps/app-process.js';
export { findNatsServer } from './nats/find-nats-server.js';
export { startProvisionedNats } from './nats/provisioned-nats.js';
export type { ProvisionedNats } from './nats/provisioned-nats.js';
export { startNats } from './nats/start-nats.js';
export type { Nats, NatsOptions } from './nats/start-nats.js';
export { inProject, projectRoot } from './paths.js';
export { startPostgres } from './postgres/start-postgres.js';
export type { Postgres, PostgresOptions } from './postgres/start-postgres.js';
export { freePort, isFree } from './processes/ports.js';
export { gone, processExists } from './processes/process-exists.js';
export { keepRunning } from './processes/keep-running.js';
export { ProcessFailed, ServiceProcess } from './processes/service-process.js';
export type { ExitStatus, ServiceProcessOptions } from './processes/service-process.js';
export { keptSecret, newKeyEncryptionKey } from './secrets.js';
export { appEnvironments } from './system/app-environments.js';
export type { NatsSeedFiles, System } from './system/app-environments.js';
export { DEMO, demoConfiguration } from './system/demo-configuration.js';
