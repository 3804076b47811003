import type { ReturnAddress } from '@tandem/protocol';
import { seeOther } from '../../http/answer.js';
import type { ResponseMode } from './response-mode.js';

/** Parameters in the query of the redirect_uri, whose own query is kept (RFC 6749 §4.1.2). */
export const query: ResponseMode = {
  name: 'query',
  respond({ redirectUri }: ReturnAddress, parameters) {
    const separator = redirectUri.includes('?')
      ? redirectUri.endsWith('?') || redirectUri.endsWith('&')
        ? ''
        : '&'
      : '?';
    return seeOther(`${redirectUri}${separator}${new URLSearchParams(parameters).toString()}`);
  },
};
