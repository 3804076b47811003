import { hasControl, OAuthError } from '@tandem/protocol';
import type { FormParameters } from '@tandem/protocol';

const MAXIMUM_PARAMETERS = 100;
const ESCAPE = /%[0-9A-Fa-f]{2}/;

/** One name or value of application/x-www-form-urlencoded. Bad escapes, bytes that are no UTF-8 and controls are refused. */
function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return checked(spaced);
  if (/%(?![0-9A-Fa-f]{2})/.test(spaced) || !ESCAPE.test(spaced))
    throw new OAuthError('invalid_request', 'a parameter has a broken escape');
  try {
    return checked(decodeURIComponent(spaced));
  } catch (cause) {
    if (cause instanceof OAuthError) throw cause;
    throw new OAuthError('invalid_request', 'a parameter is not UTF-8', { cause });
  }
}

function checked(text: string): string {
  if (hasControl(text)) throw new OAuthError('invalid_request', 'a parameter holds a control character');
  if (!text.isWellFormed()) throw new OAuthError('invalid_request', 'a parameter is not UTF-8');
  return text;
}

/**
 * Reads a raw query string or form body into name → all values. It keeps repetitions, so that the protocol can refuse
 * them; it makes no arrays or objects of brackets.
 *
 * @throws OAuthError `invalid_request`.
 */
export function readFormParameters(raw: string): FormParameters {
  const form = new Map<string, string[]>();
  if (raw === '') return form;
  // Bytes that are no UTF-8 stand as U+FFFD once the body is text; a form writes that character as an escape.
  if (raw.includes('\uFFFD')) throw new OAuthError('invalid_request', 'the parameters are not UTF-8');
  const pairs = raw.split('&', MAXIMUM_PARAMETERS + 1);
  if (pairs.length > MAXIMUM_PARAMETERS) throw new OAuthError('invalid_request', 'too many parameters');
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1));
    const values = form.get(name);
    if (values === undefined) form.set(name, [value]);
    else values.push(value);
  }
  return form;
}

/** A JSON body as the same kind of map: Auth0's SDKs send JSON to the token and revocation endpoints. Scalars only. */
export function readJsonParameters(body: unknown): FormParameters {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new OAuthError('invalid_request', 'the body is not a JSON object');
  const form = new Map<string, string[]>();
  for (const [name, value] of Object.entries(body)) {
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new OAuthError('invalid_request', 'a member is neither text nor a number');
    }
    form.set(name, [checked(String(value))]);
  }
  return form;
}

/** The value of a parameter that may come once. Empty counts as absent (RFC 6749 §3.2). */
export function single(form: FormParameters, name: string): string | undefined {
  const values = form.get(name);
  if (values === undefined) return undefined;
  if (values.length > 1) throw new OAuthError('invalid_request', 'a parameter was sent more than once');
  return values[0] === '' ? undefined : values[0];
}

/** As `single`, but it must be there. `name` is ours, so it may stand in the answer. */
export function required(form: FormParameters, name: string): string {
  const value = single(form, name);
  if (value === undefined) throw new OAuthError('invalid_request', `${name} is missing`);
  return value;
}

/** The inverse of reading: name=value pairs for a query. */
export const encodeFormParameters = (form: FormParameters): string =>
  new URLSearchParams(
    [...form].flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  ).toString();
