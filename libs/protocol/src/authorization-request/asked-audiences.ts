import type { Client } from '../model/client.js';
import type { AuthorizationParameters } from './authorization-parameters.js';

/** Identifiers of the APIs that a request is for, each once: by `resource` (RFC 8707) and `audience`, else the client's default one. */
export function askedAudiences(
  { resource, audience }: Pick<AuthorizationParameters, 'resource' | 'audience'>,
  { defaultAudience }: Pick<Client, 'defaultAudience'>,
): readonly string[] {
  const named = [...new Set([...resource, ...(audience === undefined ? [] : [audience])])];
  return named.length > 0 || defaultAudience === undefined ? named : [defaultAudience];
}
