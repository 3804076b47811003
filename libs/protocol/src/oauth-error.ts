/** HTTP status of every error code that an endpoint of ours answers (RFC 6749 §5.2, RFC 6750 §3.1, RFC 7591 §3.2.2). */
export const ERROR_STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unsupported_response_type: 400,
  unsupported_token_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  access_denied: 400,
  server_error: 500,
  temporarily_unavailable: 503,
  interaction_required: 400,
  login_required: 400,
  account_selection_required: 400,
  consent_required: 400,
  invalid_request_uri: 400,
  invalid_request_object: 400,
  request_not_supported: 400,
  request_uri_not_supported: 400,
  registration_not_supported: 400,
  unmet_authentication_requirements: 400,
  invalid_grant_id: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  invalid_redirect_uri: 400,
  invalid_client_metadata: 400,
  not_found: 404,
  too_many_requests: 429,
} as const;

/** An error code registered with IANA, or of the framework around it. */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** Characters that RFC 6749 §4.1.2.1 allows in `error_description`. */
const FORBIDDEN_IN_DESCRIPTION = /[^\x20-\x21\x23-\x5B\x5D-\x7E]/g;

/**
 * A refusal that the protocol specifies. `description` is for the client's developer and is sent; it must never echo
 * input. `cause` is for our log and never leaves.
 */
export class OAuthError extends Error {
  readonly description: string;

  constructor(
    readonly code: ErrorCode,
    description: string,
    options: { readonly cause?: unknown; readonly status?: number } = {},
  ) {
    super(`${code}: ${description}`, { cause: options.cause });
    this.name = 'OAuthError';
    this.description = description.replace(FORBIDDEN_IN_DESCRIPTION, "'");
    this.status = options.status ?? ERROR_STATUS[code];
  }

  readonly status: number;
}
