import type { Api, AuthorizationRequest, Grant, ResponsePart as PartName, Session, User } from '@tandem/protocol';
import type { CodeToKeep, OpaqueToKeep } from '@tandem/persistence';

/** What a part may build on: the granted request, and what the parts before it have issued. */
export interface IssuingContext {
  readonly request: AuthorizationRequest;
  readonly grant: Grant;
  readonly session: Session;
  readonly user: User;
  readonly subject: string;
  readonly api?: Api;
  /** Filled in order: `code`, then `token`; the ID token reads both. */
  readonly issued: { code?: string; accessToken?: string };
}

/** Parameters of the response, and rows that must be kept before they leave. */
export interface IssuedPart {
  readonly parameters: Readonly<Record<string, string>>;
  readonly code?: CodeToKeep;
  readonly opaque?: OpaqueToKeep;
}

/** One part of a response type. */
export interface ResponsePart {
  readonly name: PartName;
  issue(context: IssuingContext): IssuedPart | Promise<IssuedPart>;
}
