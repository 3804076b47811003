/**
 * NATS: connections that survive an absent broker, the streams and who may do what with them, the relay that empties an
 * outbox, the listeners that hand events and logout tokens to whoever must know, and a reader of whole streams. The only
 * importer of the NATS client. It never decides what an event means and never signs or verifies one.
 */
export * from './event-listener.js';
export * from './event-stream.js';
export * from './logout-listener.js';
export * from './message-headers.js';
export * from './nats-link.js';
export * from './nats-server-config.js';
export * from './nats-users.js';
export * from './outbox-relay.js';
export * from './outbox-source.js';
export * from './publish-stored.js';
export * from './stream-reader.js';
