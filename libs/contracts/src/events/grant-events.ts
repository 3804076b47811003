import { IsIn, IsInt, IsString, Length, Min } from 'class-validator';

/** What is told of grants beside the events that APIs need: the other half of the record that a replay is made from. */
export const GRANT_EVENT_TYPES = ['grant.issued', 'grant.ended'] as const;
export type GrantEventType = (typeof GRANT_EVENT_TYPES)[number];

/** A user gave a client something. `version` counts the grant's changes from 1, so that the newest contents win in any order. */
export class GrantIssued {
  @IsIn(['grant.issued']) readonly type: 'grant.issued';
  /** When it was committed, epoch seconds by the database's clock. */
  @IsInt() @Min(0) readonly at: number;
  @IsString() @Length(1, 128) readonly grantId: string;
  @IsString() @Length(1, 255) readonly userId: string;
  @IsString() @Length(1, 255) readonly clientId: string;
  @IsString() @Length(1, 128) readonly sid: string;
  @IsString({ each: true }) readonly scope: readonly string[];
  @IsString({ each: true }) readonly audience: readonly string[];
  @IsInt() readonly expiresAt: number;
  @IsInt() @Min(1) readonly version: number;
}

/** A grant ended with its session; APIs know the tokens by the session's own event. */
export class GrantEnded {
  @IsIn(['grant.ended']) readonly type: 'grant.ended';
  @IsInt() @Min(0) readonly at: number;
  @IsString() @Length(1, 128) readonly grantId: string;
  @IsString() @Length(1, 64) readonly reason: string;
}

export type GrantEvent = GrantIssued | GrantEnded;

/** Several of them, signed and sent as one: a sign-in must cost neither a signature nor a message of its own. */
export interface GrantEventPack {
  /** Id of the first row in it; also `Nats-Msg-Id` and the `jti` of the signed pack. */
  readonly id: string;
  readonly type: 'grants';
  readonly events: readonly GrantEvent[];
}

/** The class that validates each type. */
export const GRANT_EVENT_CLASSES: { readonly [T in GrantEventType]: new () => Extract<GrantEvent, { type: T }> } = {
  'grant.issued': GrantIssued,
  'grant.ended': GrantEnded,
};

/** `aud` of signed packs: no API takes one for an event. */
export const GRANT_RECORD_AUDIENCE = 'tandem:grant-record';
