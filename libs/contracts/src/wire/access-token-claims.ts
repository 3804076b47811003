/** The claims of a JWT access token: RFC 9068 §2.2 with Auth0's `azp`, and the ids that revocation goes by. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly client_id: string;
  readonly azp?: string;
  readonly scope?: string;
  /** The browser session it was issued in; absent for client credentials. */
  readonly sid?: string;
  /** The grant it belongs to; absent for client credentials. */
  readonly grant_id?: string;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
}
