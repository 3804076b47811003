/** Members of the `address` claim (OIDC Core §5.1.1). */
export type ClaimValue =
  string | number | boolean | null | readonly ClaimValue[] | { readonly [name: string]: ClaimValue };

/** An end-user; `userId` is the public `sub`. Instants are epoch seconds. */
export interface User {
  readonly userId: string;
  readonly email: string;
  /**
   * The one spelling under which the address leads to this user. An address that only another provider has told of, and that
   * nobody has verified, leads to nobody: then it is a key that no address has.
   */
  readonly emailKey: string;
  readonly emailVerified: boolean;
  /** Standard and custom claims by their claim names. */
  readonly claims: Readonly<Record<string, ClaimValue>>;
  readonly updatedAt: number;
  readonly disabledAt?: number;
}
