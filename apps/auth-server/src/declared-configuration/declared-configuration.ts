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

/** What another provider or a directory is taken at its word for, and who may get an account by it. */
export interface FederationSettings {
  readonly displayName: string;
  /** Our claim ← its claim or attribute. */
  readonly claims: Readonly<Record<string, string>>;
  /** Whether somebody who is not known yet gets an account. */
  readonly signUp: boolean;
  /** Whether an address counts as verified because it says so. */
  readonly trustEmailVerified: boolean;
}

export const UPSTREAM_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

/** Another OpenID Provider at which users may sign in. */
export interface DeclaredConnection extends FederationSettings {
  readonly name: string;
  /** As the provider itself writes it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string;
  /** PEM (PKCS #8): RSA signs RS256, P-256 signs ES256. */
  readonly privateKey?: string;
  readonly keyId?: string;
  readonly tokenEndpointAuthMethod: (typeof UPSTREAM_AUTH_METHODS)[number];
  readonly scopes: readonly string[];
  /** Its `amr` values (RFC 8176) that count here as well. */
  readonly trustedAmr: readonly string[];
}

/** The directory in which users may sign in. */
export interface LdapSettings extends FederationSettings {
  readonly url: string;
  readonly startTls: boolean;
  /** PEM certificates of the authorities that the directory's own one is checked against, instead of the public ones. */
  readonly ca?: string;
  /** Who looks for the entry; absent: anybody may. */
  readonly bindDn?: string;
  readonly bindPassword?: string;
  readonly baseDn: string;
  /** RFC 4515, with `{username}` where the escaped name goes. */
  readonly userFilter: string;
  /** Attribute that never changes for an entry; `dn` for its name. */
  readonly idAttribute: string;
  readonly timeoutSeconds: number;
}

/** Whether users may set up a second factor, or must. */
export const SECOND_FACTOR_SETTINGS = ['off', 'optional', 'required'] as const;

/** How people sign in. */
export interface LoginSettings {
  /** Ways to sign in that are switched on, by name, in the order in which the page shows them. */
  readonly methods: readonly string[];
  readonly connections: readonly DeclaredConnection[];
  readonly ldap?: LdapSettings;
  readonly secondFactor: (typeof SECOND_FACTOR_SETTINGS)[number];
  /** Whether people may make themselves an account. */
  readonly signUp: boolean;
  /** Passwords that nobody may choose: sorted SHA-1 hashes (`HASH` or `HASH:count`), or a list of passwords. */
  readonly breachedPasswordsFile?: string;
}

/** Where mail goes out. */
export interface MailSettings {
  readonly from: string;
  readonly host: string;
  readonly port: number;
  /** `implicit` from the first byte, `starttls` or no mail, `none` in the clear. */
  readonly tls: MailTls;
  readonly user?: string;
  readonly password?: string;
  /** Certificates of an authority of one's own, PEM. */
  readonly ca?: string;
}

export const MAIL_TLS = ['implicit', 'starttls', 'none'] as const;
export type MailTls = (typeof MAIL_TLS)[number];

/** How many mails may be asked for in a window: to one mailbox, and from one browser's address. */
export interface MailThrottleSettings {
  readonly windowSeconds: number;
  readonly mailsPerRecipient: number;
  readonly mailsPerAddress: number;
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

/** How many passkeys a user may have, and whether those without one are offered one after a sign-in. */
export interface PasskeySettings {
  readonly perUser: number;
  readonly offerAfterSignIn: boolean;
}

/** What the operator's file says, checked. */
export interface DeclaredConfiguration {
  readonly apis: readonly Api[];
  readonly clients: readonly DeclaredClient[];
  readonly users: readonly DeclaredUser[];
  readonly registration: DeclaredRegistration;
  readonly login: LoginSettings;
  readonly loginThrottle: LoginThrottleSettings;
  /** Absent: mails are not sent; a development system shows them on its mailbox page. */
  readonly mail?: MailSettings;
  readonly mailThrottle: MailThrottleSettings;
  readonly passkeys: PasskeySettings;
  readonly theme: Theme;
}
