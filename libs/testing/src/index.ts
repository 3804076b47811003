/**
 * What specs stand on: a browser-like user agent, a database of their own, and a running Tandem made of the real
 * processes. Imported by specs, test/ and bench/ only, never by an app; it holds no rule of the protocol.
 */
export { Page } from './user-agent/page.js';
export { tamperedWith } from './user-agent/form.js';
export type { Field, Form } from './user-agent/form.js';
export { UserAgent } from './user-agent/user-agent.js';
export type { UserAgentOptions } from './user-agent/user-agent.js';
export { createTestDatabase } from './database/test-database.js';
export type { TestDatabase } from './database/test-database.js';
export { RunningTandem } from './tandem/running-tandem.js';
export { startTandem } from './tandem/start-tandem.js';
export type { TandemOptions } from './tandem/start-tandem.js';
export { startTlsAgreed, TestDirectory } from './directory/test-directory.js';
export type { DirectoryCertificate, DirectoryEntry, TestDirectoryOptions } from './directory/test-directory.js';
export { SoftwareAuthenticator } from './passkeys/software-authenticator.js';
export type { CeremonyOptions, Lies } from './passkeys/software-authenticator.js';
export { OddCaller, oddRequests } from './odd-requests/odd-requests.js';
export type { OddAnswer, OddRequest } from './odd-requests/odd-requests.js';
