import { checkClientJwks, InvalidKeyError } from '@tandem/jwt';
import { readClientMetadata } from '@tandem/protocol';
import type { Supported } from '@tandem/protocol';
import type { DeclaredClient } from './declared-configuration.js';
import { isMapping, isText } from './reading.js';
import type { Mapping, Report } from './reading.js';

/** One member of `clients`: metadata as for registration, with its id and secrets in the clear. */
export function readDeclaredClient(
  value: Mapping,
  path: string,
  supported: Supported,
  production: boolean,
  report: Report,
): DeclaredClient {
  const { metadata, problems } = readClientMetadata(value, 'declared', supported);
  for (const { path: at, why } of problems) report(`${path}.${at}`, why);
  const clientId = value['client_id'];
  if (!isText(clientId) || !/^[\x20-\x7E]{1,255}$/.test(clientId))
    report(`${path}.client_id`, 'must be 1 to 255 printable ASCII characters');
  const secrets = readSecrets(value, path, production, report);
  const needsSecret = metadata.tokenEndpointAuthMethod.startsWith('client_secret_');
  if (needsSecret && secrets.length === 0)
    report(`${path}.client_secret`, `is needed by ${metadata.tokenEndpointAuthMethod}`);
  return {
    clientId: String(clientId),
    metadata: { ...metadata, ...checkedJwks(value['jwks'], `${path}.jwks`, report) },
    secrets,
  };
}

/** One `client_secret`, or `client_secrets` with dates so that two can be valid while they are exchanged. */
function readSecrets(value: Mapping, path: string, production: boolean, report: Report): DeclaredClient['secrets'] {
  const { client_secret: single, client_secrets: several } = value;
  const given: readonly unknown[] = [
    ...(single === undefined || single === null ? [] : [single]),
    ...(Array.isArray(several) ? several : []),
  ];
  if (several !== undefined && !Array.isArray(several)) report(`${path}.client_secrets`, 'must be a list');
  return given.flatMap((entry) => {
    const { secret, expires_at: expires } = isMapping(entry) ? entry : { secret: entry, expires_at: undefined };
    if (!isText(secret)) {
      report(`${path}.client_secret`, 'must be a non-empty string');
      return [];
    }
    if (production && (secret.length < 32 || secret.includes('please-change')))
      report(`${path}.client_secret`, 'is a placeholder or shorter than 32 characters');
    const expiresAt = expires === undefined ? undefined : Math.floor(new Date(expires as string).getTime() / 1_000);
    if (Number.isNaN(expiresAt)) report(`${path}.client_secrets`, 'expires_at must be a date');
    return [{ secret, ...(expiresAt === undefined ? {} : { expiresAt }) }];
  });
}

function checkedJwks(
  jwks: unknown,
  path: string,
  report: Report,
): { readonly jwks?: DeclaredClient['metadata']['jwks'] } {
  if (jwks === undefined || jwks === null) return {};
  try {
    return { jwks: checkClientJwks(jwks) };
  } catch (error) {
    if (!(error instanceof InvalidKeyError)) throw error;
    report(path, error.message);
    return {};
  }
}
