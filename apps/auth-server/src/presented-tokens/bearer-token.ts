import { OAuthError } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { single } from '../http/form-parameters.js';
import { mediaTypeOf, readForm, readQuery } from '../http/read-request.js';

const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * The access token of a request (RFC 6750 §2): in the header, or in a form body; never in the query, where logs and
 * histories would keep it. Undefined when there is none.
 *
 * @throws OAuthError `invalid_request` when it comes twice or in the query.
 */
export function readBearerToken(request: FastifyRequest): string | undefined {
  if (readQuery(request).has('access_token'))
    throw new OAuthError('invalid_request', 'an access token must not stand in the URL');
  const { authorization } = request.headers;
  const inHeader = authorization !== undefined && /^bearer(\s|$)/i.test(authorization);
  const isForm = request.method === 'POST' && mediaTypeOf(request) === 'application/x-www-form-urlencoded';
  const inBody = isForm ? single(readForm(request), 'access_token') : undefined;
  if (inHeader && inBody !== undefined) throw new OAuthError('invalid_request', 'the access token is sent twice');
  if (inHeader) {
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) throw new OAuthError('invalid_token', 'the access token is malformed');
    return token;
  }
  return inBody;
}
