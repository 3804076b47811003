/** Why a request is not let through (RFC 6750 §3.1), or that it can't be judged now. */
export type RefusalKind = 'no_credentials' | 'invalid_request' | 'invalid_token' | 'insufficient_scope' | 'unavailable';

const STATUS = {
  no_credentials: 401,
  invalid_request: 400,
  invalid_token: 401,
  insufficient_scope: 403,
  unavailable: 503,
} as const;

/** A refusal as the guard raises it; the transport decides how it leaves. */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    readonly description: string,
    /** With `insufficient_scope`: what is needed. */
    readonly scope?: readonly string[],
  ) {
    super(`${kind}: ${description}`);
    this.name = 'Refusal';
  }

  get status(): number {
    return STATUS[this.kind];
  }

  /** Seconds after which it is worth trying again. */
  static readonly RETRY_AFTER_SECONDS = 5;

  /** `WWW-Authenticate`; without credentials it carries no error. */
  challenge(metadataUrl: string | undefined): string {
    const parts = [
      'realm="tandem"',
      ...(this.kind === 'no_credentials' ? [] : [`error="${this.kind}"`, `error_description="${this.description}"`]),
      ...(this.scope === undefined ? [] : [`scope="${this.scope.join(' ')}"`]),
      ...(metadataUrl === undefined ? [] : [`resource_metadata="${metadataUrl}"`]),
    ];
    return `Bearer ${parts.join(', ')}`;
  }

  get body(): { readonly error: string; readonly error_description: string } {
    const error =
      this.kind === 'unavailable'
        ? 'temporarily_unavailable'
        : this.kind === 'no_credentials'
          ? 'invalid_token'
          : this.kind;
    return { error, error_description: this.description };
  }
}
