import type { Client, FormParameters, Interaction } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import type { Language, MessageKey, MessageValues } from '../../messages/index.js';
import type { Authentication } from '../../session/browser-sessions.js';

/** What a sign-in is about: the request that waits, who made it, and the browser in front of us. */
export interface LoginContext {
  readonly http: FastifyRequest;
  readonly interaction: Interaction;
  readonly client: Client;
  readonly language: Language;
}

/** A form of the login page that was sent. Its token has been checked. */
export interface LoginAttempt extends LoginContext {
  readonly form: FormParameters;
}

/** What becomes of an attempt to sign in. */
export type LoginOutcome =
  | { readonly outcome: 'authenticated'; readonly authentication: Authentication }
  /** Not this time; the page says why and stays usable. */
  | { readonly outcome: 'refused'; readonly problem?: MessageKey }
  /** What the method asks is away: nothing was found out, the page stays usable. */
  | { readonly outcome: 'unavailable'; readonly problem: MessageKey }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  /** The method has kept its state (`InteractionStore.keepLoginState`) and its part of the page asks for the next step. */
  | { readonly outcome: 'asks' }
  /** The browser goes elsewhere and comes back to an endpoint of the method's own, which ends in `LoginCompletion`. */
  | { readonly outcome: 'leaves'; readonly location: string };

/** A method's part of the login page. */
export interface LoginPart {
  /** Template below `views/login-methods/`; it sees the page's model and this one. */
  readonly view: string;
  readonly model?: object;
  /** Text of the inline script that the template holds, which the page works without. */
  readonly script?: string;
  /** Says what it is when it is folded: of several parts with fields to type into, the page folds all but the first. */
  readonly fold?: { readonly key: MessageKey; readonly values?: MessageValues };
  /** The method is in the middle of its steps: the page shows nothing else, and a way back. */
  readonly alone?: boolean;
}

/** A way to sign in. Its name stands in the configuration and in the form's `method` field. */
export interface LoginMethod {
  readonly name: string;
  /** What the page shows for it; a method without it gets a button. */
  part?(context: LoginContext): LoginPart | undefined | Promise<LoginPart | undefined>;
  authenticate(attempt: LoginAttempt): Promise<LoginOutcome>;
}
