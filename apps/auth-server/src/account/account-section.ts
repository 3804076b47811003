import type { SignIn } from '@tandem/persistence';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import type { Language, MessageKey } from '../messages/index.js';

/** The signed-in user in front of the account page. */
export interface AccountContext {
  readonly http: FastifyRequest;
  readonly signIn: SignIn;
  readonly language: Language;
}

/** A form of the page that was sent. Its token has been checked. */
export interface AccountChange extends AccountContext {
  readonly form: FormParameters;
}

/** A section's part of the page, or a page of its own in the middle of a change. */
export interface AccountPart {
  /** Template below `views/account/`; it sees `csrf`, `t` and this model. */
  readonly view: string;
  readonly model?: object;
  /** Text of the inline script that the template holds. */
  readonly script?: string;
}

/** What became of a change: the audit log's word for it, what the page says, or a page for the next step. */
export interface AccountOutcome {
  readonly audit?: string;
  readonly notice?: MessageKey;
  readonly problem?: MessageKey;
  readonly part?: AccountPart;
  /** Too much was tried: the page says when to try again. */
  readonly retryAfterSeconds?: number;
}

/** Something that the section's forms do; the form is sent to `/account/<name>`. */
export interface AccountAction {
  /** Only soon after a sign-in: a browser that was left open must not be enough. */
  readonly fresh?: true;
  run(change: AccountChange): Promise<AccountOutcome>;
}

/** A section of the account page. */
export interface AccountSection {
  readonly actions: Readonly<Record<string, AccountAction>>;
  /** Its part of the page; undefined where it has nothing to say. */
  part(context: AccountContext): Promise<AccountPart | undefined>;
}
