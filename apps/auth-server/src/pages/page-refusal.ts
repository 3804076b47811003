import { OAuthError } from '@tandem/protocol';
import type { ErrorCode } from '@tandem/protocol';
import type { MessageKey } from '../messages/index.js';

/** A refusal that users meet in their ordinary ways: the page tells them in their language what to do. */
export class PageRefusal extends OAuthError {
  constructor(
    readonly explanation: MessageKey,
    code: ErrorCode,
    description: string,
    options: { readonly status?: number } = {},
  ) {
    super(code, description, options);
  }
}

const BY_CODE: Readonly<Partial<Record<ErrorCode, MessageKey>>> = {
  access_denied: 'error.refused',
  not_found: 'error.not-found',
  temporarily_unavailable: 'error.busy',
  server_error: 'error.server',
};

/** What a page tells its reader of a refusal, beside the English words for developers. */
export const explanationOf = (error: { readonly code: ErrorCode; readonly explanation?: MessageKey }): MessageKey =>
  error.explanation ?? BY_CODE[error.code] ?? 'error.request';
