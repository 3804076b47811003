import type { AuthorizationParameters } from '../authorization-request/authorization-parameters.js';

/** Who a first factor has shown the user to be, while a second one is waited for. `at` is epoch seconds. */
export interface ProvenFactor {
  readonly userId: string;
  readonly method: string;
  readonly amr: readonly string[];
  readonly at: number;
  /** When another provider authenticated the user, if that was before. */
  readonly authTime?: number;
}

/** Name in `loginState` of an identity from elsewhere that waits for the user's proof of their account here. */
export const PENDING_LINK = 'link';

/** A pending authorization request while the user signs in and answers. */
export interface Interaction {
  readonly interactionId: string;
  /** The parameters as they came, with a request object already merged. */
  readonly parameters: AuthorizationParameters;
  readonly clientId: string;
  /** Set by the login step: the sign-in that happened for this request. */
  readonly loggedInAt?: number;
  /** The sign-in (`sid`) that the request is answered with, or that the user wants another: see `chooseAccount`. */
  readonly chosenSid?: string;
  /** Set by the consent step. */
  readonly consent?: 'accepted' | 'denied';
  /** Session that accepted: the answer counts for no other. */
  readonly consentedSid?: string;
  readonly createdAt: number;
  /** What login methods wait for, by their names, for example the challenge that was sent. */
  readonly loginState: Readonly<Record<string, unknown>>;
  readonly proven?: ProvenFactor;
}
