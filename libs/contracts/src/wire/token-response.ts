/** RFC 6749 §5.1 and OIDC Core §3.1.3.3. */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly scope?: string;
  readonly grant_id?: string;
}

/** RFC 6749 §5.2. */
export interface ErrorResponse {
  readonly error: string;
  readonly error_description?: string;
}
