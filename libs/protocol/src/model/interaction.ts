import type { AuthorizationParameters } from '../authorization-request/authorization-parameters.js';

/** A pending authorization request while the user signs in and answers. */
export interface Interaction {
  readonly interactionId: string;
  /** The parameters as they came, with a request object already merged. */
  readonly parameters: AuthorizationParameters;
  readonly clientId: string;
  /** Set by the login step: the sign-in that happened for this request. */
  readonly loggedInAt?: number;
  /** Set by the consent step. */
  readonly consent?: 'accepted' | 'denied';
  /** Session that accepted: the answer counts for no other. */
  readonly consentedSid?: string;
  readonly createdAt: number;
}
