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

/** Ways to sign in that are switched on, by name, in the order in which the page shows them. */
export interface LoginSettings {
  readonly methods: readonly string[];
}

/** How many attempts to sign in are looked at in a window: for one account, and failed ones from one address. */
export interface LoginThrottleSettings {
  readonly windowSeconds: number;
  readonly attemptsPerAccount: number;
  readonly attemptsPerAddress: number;
}

/** How many passkeys a user may have. */
export interface PasskeySettings {
  readonly perUser: number;
}

/** What the operator's file says, checked. */
export interface DeclaredConfiguration {
  readonly apis: readonly Api[];
  readonly clients: readonly DeclaredClient[];
  readonly users: readonly DeclaredUser[];
  readonly registration: DeclaredRegistration;
  readonly login: LoginSettings;
  readonly loginThrottle: LoginThrottleSettings;
  readonly passkeys: PasskeySettings;
}
