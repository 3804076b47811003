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
  /** The window doubles each time that there were too many attempts, up to this. */
  readonly longestWindowSeconds: number;
}

/** How the pages look. */
export interface Theme {
  readonly productName: string;
  readonly logo?: { readonly mediaType: string; readonly content: Buffer };
  /** Of links and the main button, on the light and the dark ground; `#rrggbb`. */
  readonly accent?: string;
  readonly accentDark?: string;
  readonly footer?: string;
  readonly supportUrl?: string;
}

/** What the operator's file says, checked. */
export interface DeclaredConfiguration {
  readonly apis: readonly Api[];
  readonly clients: readonly DeclaredClient[];
  readonly users: readonly DeclaredUser[];
  readonly registration: DeclaredRegistration;
  readonly login: LoginSettings;
  readonly loginThrottle: LoginThrottleSettings;
  readonly theme: Theme;
}
