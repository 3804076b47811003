import { RefusedResponse } from './checked-response.js';

const MAXIMUM_LENGTH = 32_768;

/**
 * Reads a query string or form body of the provider's answer.
 *
 * @throws RefusedResponse when a parameter came twice: which of them counts would be anybody's guess (RFC 6749 §3.1).
 */
export function readResponseParameters(raw: string): ReadonlyMap<string, string> {
  if (raw.length > MAXIMUM_LENGTH) throw new RefusedResponse('the response is too long');
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(raw)) {
    if (parameters.has(name)) throw new RefusedResponse('a parameter of the response came twice');
    parameters.set(name, value);
  }
  return parameters;
}
