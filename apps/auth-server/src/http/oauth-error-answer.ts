import { OAuthError } from '@tandem/protocol';
import { json, RETRY_SOON } from './answer.js';
import type { Answer, AnswerHeaders } from './answer.js';

/** RFC 6749 §5.2 and RFC 6750 §3: 401 says how to authenticate; 503 says when to come again. */
function challenge({ code, description, status }: OAuthError): AnswerHeaders {
  if (status === 503) return RETRY_SOON;
  if (code === 'invalid_client' && status === 401)
    return { 'www-authenticate': 'Basic realm="tandem", charset="UTF-8"' };
  if (code === 'invalid_token' || code === 'insufficient_scope') {
    return { 'www-authenticate': `Bearer realm="tandem", error="${code}", error_description="${description}"` };
  }
  return {};
}

/** A refusal as JSON, for every endpoint that isn't a page. */
export const errorAnswer = (error: OAuthError): Answer =>
  json(error.status, { error: error.code, error_description: error.description }, challenge(error));
