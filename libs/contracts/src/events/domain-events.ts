import { IsIn, IsInt, IsOptional, IsString, Length, Min } from 'class-validator';

/** Every type of domain event; the subject is `oidc.evt.v1.<type>`. */
export const EVENT_TYPES = [
  'token.revoked',
  'grant.revoked',
  'grant.changed',
  'session.ended',
  'user.disabled',
  'client.disabled',
  'client.changed',
  'keys.rotated',
  'heartbeat',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Members that every event carries. Instants are epoch seconds, by the database's clock. */
export class DomainEvent {
  /** Outbox id; also `Nats-Msg-Id` and the `jti` of the signed event. */
  @IsString() @Length(1, 64) readonly id: string;
  @IsIn(EVENT_TYPES) readonly type: EventType;
  /** When the change was committed. */
  @IsInt() @Min(0) readonly at: number;
}

/** One access token is dead. */
export class TokenRevoked extends DomainEvent {
  declare readonly type: 'token.revoked';
  @IsString() @Length(1, 128) readonly jti: string;
  /** The token's own expiry: the entry can be forgotten after it. */
  @IsInt() readonly exp: number;
}

/** A grant and everything that came of it is dead. */
export class GrantRevoked extends DomainEvent {
  declare readonly type: 'grant.revoked';
  @IsString() @Length(1, 128) readonly grantId: string;
  @IsString() @Length(1, 255) readonly userId: string;
  @IsString() @Length(1, 255) readonly clientId: string;
  @IsString() @Length(1, 64) readonly reason: string;
  /** No access token of the grant lives longer than this. */
  @IsInt() readonly exp: number;
}

/**
 * A grant has other contents. Of what it lost, `withdrawnScope`, tokens issued before `at` that carry one are dead;
 * a grant that only gained has lost nothing. Members that are optional came later: old events lack them.
 */
export class GrantChanged extends DomainEvent {
  declare readonly type: 'grant.changed';
  @IsString() @Length(1, 128) readonly grantId: string;
  @IsString({ each: true }) readonly scope: readonly string[];
  @IsString({ each: true }) readonly withdrawnScope: readonly string[];
  /** No token that it kills lives longer; 0 when nothing was withdrawn. */
  @IsInt() readonly exp: number;
  @IsOptional() @IsString() readonly sid?: string;
  @IsOptional() @IsString({ each: true }) readonly audience?: readonly string[];
  @IsOptional() @IsInt() readonly expiresAt?: number;
  /** Counts the grant's changes, as in `GrantIssued`. */
  @IsOptional() @IsInt() @Min(1) readonly version?: number;
}

/** A browser session ended: access tokens that carry its `sid` are dead. */
export class SessionEnded extends DomainEvent {
  declare readonly type: 'session.ended';
  @IsString() @Length(1, 128) readonly sid: string;
  @IsString() @Length(1, 255) readonly userId: string;
  @IsInt() readonly exp: number;
}

/** Tokens of the user issued at or before `notBefore` are dead. */
export class UserDisabled extends DomainEvent {
  declare readonly type: 'user.disabled';
  @IsString() @Length(1, 255) readonly userId: string;
  @IsInt() readonly notBefore: number;
}

/** Tokens of the client issued at or before `notBefore` are dead. */
export class ClientDisabled extends DomainEvent {
  declare readonly type: 'client.disabled';
  @IsString() @Length(1, 255) readonly clientId: string;
  @IsInt() readonly notBefore: number;
}

/** A client's registration changed: cached copies are stale. */
export class ClientChanged extends DomainEvent {
  declare readonly type: 'client.changed';
  @IsString() @Length(1, 255) readonly clientId: string;
}

/** The published key set changed. */
export class KeysRotated extends DomainEvent {
  declare readonly type: 'keys.rotated';
  @IsOptional() @IsString() readonly kid?: string;
}

/** Sent every few seconds through the same path, so that its absence tells a listener that it may be missing events. */
export class Heartbeat extends DomainEvent {
  declare readonly type: 'heartbeat';
}

export type AnyDomainEvent =
  | TokenRevoked
  | GrantRevoked
  | GrantChanged
  | SessionEnded
  | UserDisabled
  | ClientDisabled
  | ClientChanged
  | KeysRotated
  | Heartbeat;

/** The class that validates each type. */
export const EVENT_CLASSES: { readonly [T in EventType]: new () => Extract<AnyDomainEvent, { type: T }> } = {
  'token.revoked': TokenRevoked,
  'grant.revoked': GrantRevoked,
  'grant.changed': GrantChanged,
  'session.ended': SessionEnded,
  'user.disabled': UserDisabled,
  'client.disabled': ClientDisabled,
  'client.changed': ClientChanged,
  'keys.rotated': KeysRotated,
  heartbeat: Heartbeat,
};

/** A signed event is never larger, in bytes: streams refuse more, and listeners do not look at it. */
export const MAXIMUM_MESSAGE_BYTES = 8_192;
/** An event as JSON is never larger, in bytes: with its signature and in base64url it stays below the above. */
export const MAXIMUM_EVENT_BYTES = 5_500;

/** Seconds between two heartbeats. */
export const HEARTBEAT_SECONDS = 5;

/** `aud` of signed events: whoever guards an API with our tokens. */
export const EVENT_AUDIENCE = 'tandem:resource-servers';
