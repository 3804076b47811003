/**
 * What crosses a process boundary: wire types, NATS subjects, event and message classes. Imports nothing of ours and no
 * technology but class-validator's decorators.
 */
import 'reflect-metadata';

export * from './subjects.js';
export * from './events/domain-events.js';
export * from './events/grant-events.js';
export * from './messages/introspection.js';
export * from './messages/orders.js';
export * from './messages/revocations.js';
export * from './wire/access-token-claims.js';
export * from './wire/token-response.js';
