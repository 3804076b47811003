import type { Api, ClientMetadata, User } from '@tandem/protocol';

/** A client as declared: metadata of the protocol, and its secrets in the clear until they are hashed. */
export interface DeclaredClient {
  readonly clientId: string;
  readonly metadata: ClientMetadata;
  readonly secrets: readonly { readonly secret: string; readonly expiresAt?: number }[];
}

export interface DeclaredUser extends Pick<User, 'email' | 'emailVerified' | 'claims'> {
  readonly userId?: string;
  readonly password?: string;
}

/** Whether clients may register themselves, and with which tokens (RFC 7591 §3). */
export interface DeclaredRegistration {
  readonly open: boolean;
  readonly initialAccessTokens: readonly { readonly token: string; readonly uses: number }[];
}

/** Whether users may set up a second factor, or must. */
export const SECOND_FACTOR_SETTINGS = ['off', 'optional', 'required'] as const;

/** How people sign in. */
export interface LoginSettings {
  /** Ways to sign in that are switched on, by name, in the order in which the page shows them. */
  readonly methods: readonly string[];
  readonly secondFactor: (typeof SECOND_FACTOR_SETTINGS)[number];
}

/** How many attempts to sign in are looked at in a window: for one account, and failed ones from one address. */
export interface LoginThrottleSettings {
  readonly windowSeconds: number;
  readonly attemptsPerAccount: number;
  readonly attemptsPerAddress: number;
}

/** What the operator's file says, checked. */
export interface DeclaredConfiguration {
  readonly apis: readonly Api[];
  readonly clients: readonly DeclaredClient[];
  readonly users: readonly DeclaredUser[];
  readonly registration: DeclaredRegistration;
  readonly login: LoginSettings;
  readonly loginThrottle: LoginThrottleSettings;
}
