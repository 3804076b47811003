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
}
