/**
 * Stores on PostgreSQL, with the protocol's verbs, and the migrations. The only importer of typeorm and pg. A change and
 * the event that tells it are one transaction; codes, tokens and session ids are kept as SHA-256; the database's clock
 * decides expiry. It never decides what the protocol says, and never imports jwt or messaging.
 */
export { Database, MAXIMUM_WAITERS } from './database.js';
export type { DatabaseOptions } from './database.js';
export { migrate, migrateOrders } from './migrate.js';
export * from './orders/order-store.js';
export { PersistenceModule, openDatabase } from './persistence.module.js';
export { purgeExpired } from './purge.js';
export { StorageUnavailable } from './storage-unavailable.js';
export * from './stores/access-token-store.js';
export * from './stores/api-store.js';
export * from './stores/audit-store.js';
export * from './stores/client-store.js';
export * from './stores/code-store.js';
export * from './stores/consent-store.js';
export * from './stores/federated-identity-store.js';
export * from './stores/grant-outbox-store.js';
export * from './stores/grant-record-store.js';
export * from './stores/grant-store.js';
export * from './stores/guard-stores.js';
export * from './stores/interaction-store.js';
export * from './stores/key-stores.js';
export * from './stores/logout-delivery-store.js';
export * from './stores/mail-store.js';
export * from './stores/outbox-store.js';
export * from './stores/passkey-store.js';
export * from './stores/proof-store.js';
export * from './stores/recovery-code-store.js';
export * from './stores/refresh-token-store.js';
export * from './stores/restore-store.js';
export * from './stores/revocation-store.js';
export * from './stores/session-store.js';
export * from './stores/totp-store.js';
export * from './stores/user-store.js';
export type { WaysToSignIn } from './stores/ways-to-sign-in.js';
