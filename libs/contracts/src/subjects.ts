/** NATS subjects and stream names, the one table of what travels (`docs/architecture.md`, NATS). */

/** The JetStream stream that holds the domain events. */
export const EVENT_STREAM = 'OIDC_EVENTS';
/** Every domain event is published below this prefix, followed by its type. */
export const EVENT_SUBJECT_PREFIX = 'oidc.evt.v1.';

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
