import { OAuthError } from '@tandem/protocol';
import type { FormParameters } from '@tandem/protocol';
import { single } from '../../http/form-parameters.js';

/** The API that a token request means: one `resource` (RFC 8707 §2.2), or Auth0's `audience`. */
export function requestedAudience(form: FormParameters): string | undefined {
  const resources = form.get('resource') ?? [];
  const audience = single(form, 'audience');
  const named = [...new Set([...resources, ...(audience === undefined ? [] : [audience])])];
  if (named.length > 1) throw new OAuthError('invalid_target', 'a token is for one API: name one');
  return named[0];
}
