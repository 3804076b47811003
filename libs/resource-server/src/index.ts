/**
 * What an API team installs to accept Tandem's access tokens: one guard for HTTP and NATS handlers, scopes, and a list of
 * what is revoked that is kept up to date by events. It validates locally (RFC 9068, RFC 6750), asks the auth-server only
 * while it can't be sure that its list is current, and never lets a token through that it can't judge.
 */
export * from './access-token.guard.js';
export * from './access-token-validator.js';
export * from './decorators.js';
export * from './options.js';
export * from './refusal.js';
export * from './resource-server.module.js';
export * from './revocation-list.js';
export { RevocationListener } from './revocation-listener.js';
