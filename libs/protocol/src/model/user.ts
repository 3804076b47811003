/** Members of the `address` claim (OIDC Core §5.1.1). */
export type ClaimValue =
  string | number | boolean | null | readonly ClaimValue[] | { readonly [name: string]: ClaimValue };

/** An end-user; `userId` is the public `sub`. Instants are epoch seconds. */
export interface User {
  readonly userId: string;
  readonly email: string;
  readonly emailVerified: boolean;
  /** Standard and custom claims by their claim names. */
  readonly claims: Readonly<Record<string, ClaimValue>>;
  readonly updatedAt: number;
  readonly disabledAt?: number;
}
