/** NATS subjects and stream names, the one table of what travels (`docs/architecture.md`, NATS). */

/** The JetStream stream that holds the domain events. */
export const EVENT_STREAM = 'OIDC_EVENTS';
/** Every domain event is published below this prefix, followed by its type. */
export const EVENT_SUBJECT_PREFIX = 'oidc.evt.v1.';

/**
 * The stream that holds what was told of grants beyond the domain events. A stream of its own: APIs get none of it, and
 * the numbers of the events stay without gaps for them.
 */
export const GRANT_STREAM = 'OIDC_GRANTS';
/** Packs of grant events are published here. */
export const GRANT_SUBJECT = 'oidc.grants.v1.told';

/** The stream that holds logout tokens for clients that take them from NATS. */
export const LOGOUT_STREAM = 'OIDC_LOGOUTS';
/** Names of receivers: one subject token, so that a permission can name it. */
export const LOGOUT_RECEIVER = /^[A-Za-z0-9_-]{1,64}$/;
/** Where a receiver's logout tokens are published; only that receiver may read them. */
export const logoutSubject = (receiver: string): string => `oidc.logout.v1.${receiver}`;
/** What all receivers together get. */
export const LOGOUT_SUBJECTS = 'oidc.logout.v1.*';
/** The durable pull consumer of one receiver, made by the provisioner. */
export const logoutConsumerName = (receiver: string): string => `logout-${receiver}`;

/** The durable pull consumer of one resource-server instance, made by the provisioner. */
export const eventConsumerName = (instance: string): string => `rs-${instance}`;

/** Request/reply verbs that the auth-server answers for resource servers. */
export const RPC_VERBS = ['introspect', 'jwks', 'revocations'] as const;
export type RpcVerb = (typeof RPC_VERBS)[number];

/**
 * The subject of a call to the auth-server. The caller's identity is the subject token, since publish permissions
 * cover it and the payload is untrusted.
 */
export const rpcSubject = (instance: string, verb: RpcVerb): string => `oidc.rpc.v1.rs-${instance}.${verb}`;
/** What the auth-server subscribes to for one verb. */
export const rpcSubjectPattern = (verb: RpcVerb): string => `oidc.rpc.v1.*.${verb}`;

/** Calls from a client to the orders API; the access token travels in the header below. */
export const ORDERS_SUBJECTS = { list: 'orders.v1.list', place: 'orders.v1.place' } as const;
/** Message header that carries `Bearer <access token>`, named as in HTTP. */
export const AUTHORIZATION_HEADER = 'authorization';
