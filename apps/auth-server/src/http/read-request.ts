import { OAuthError } from '@tandem/protocol';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { readFormParameters, readJsonParameters } from './form-parameters.js';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** The media type without its parameters, in lower case. */
export const mediaTypeOf = (request: FastifyRequest): string =>
  (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The parameters in the query. */
export function readQuery(request: FastifyRequest): FormParameters {
  const { url } = request.raw;
  const mark = url?.indexOf('?') ?? -1;
  return readFormParameters(url === undefined || mark < 0 ? '' : url.slice(mark + 1));
}

/** The parameters in a form body. */
export function readForm(request: FastifyRequest): FormParameters {
  if (mediaTypeOf(request) !== FORM)
    throw new OAuthError('invalid_request', 'the body must be application/x-www-form-urlencoded', { status: 415 });
  return readFormParameters(typeof request.body === 'string' ? request.body : '');
}

/** A form body, or a JSON object where Auth0's SDKs send one. */
export function readFormOrJson(request: FastifyRequest): FormParameters {
  return mediaTypeOf(request) === JSON_TYPE ? readJsonParameters(request.body) : readForm(request);
}

/** GET brings the query; POST the body alone (OIDC Core §3.1.2.1). */
export const readQueryOrForm = (request: FastifyRequest): FormParameters =>
  request.method === 'POST' ? readForm(request) : readQuery(request);
