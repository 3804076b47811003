import { checkClientJwks, InvalidKeyError } from '@tandem/jwt';
import { readClientMetadata, whyNotClaim } from '@tandem/protocol';
import type { Api, Problem, Supported, User } from '@tandem/protocol';
import { parseDocument } from 'yaml';
import { ConfigurationError } from '@tandem/web-server';
import type {
  DeclaredClient,
  DeclaredConfiguration,
  DeclaredRegistration,
  DeclaredUser,
} from './declared-configuration.js';

type Mapping = Readonly<Record<string, unknown>>;
type Report = (path: string, why: string) => void;

const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/**
 * Reads the operator's YAML: `apis`, `clients`, `users`, and `dynamic_registration`.
 *
 * @throws ConfigurationError with every problem and its path in one message.
 */
export function readDeclaredConfiguration(
  text: string,
  supported: Supported,
  { production, builtInApis }: { readonly production: boolean; readonly builtInApis: readonly Api[] },
): DeclaredConfiguration {
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw new ConfigurationError(document.errors.map(({ message }) => `YAML: ${message.split('\n', 1)[0]}`));
  const problems: Problem[] = [];
  const report: Report = (path, why) => void problems.push({ path, why });
  const root: unknown = document.toJS() ?? {};
  if (!isMapping(root)) throw new ConfigurationError(['the file must be a mapping with apis, clients and users']);
  checkNames(root, ['apis', 'clients', 'users', 'dynamic_registration'], '', report);
  const apis = listAt(root, 'apis', report).map(([value, path]) => readApi(value, path, report));
  const clients = listAt(root, 'clients', report).map(([value, path]) =>
    readClient(value, path, supported, production, report),
  );
  const users = listAt(root, 'users', report).map(([value, path]) => readUser(value, path, production, report));
  const registration = readRegistration(root['dynamic_registration'], report);
  checkUnique(
    apis.map(({ identifier }) => identifier),
    'apis',
    'identifier',
    report,
  );
  checkUnique(
    clients.map(({ clientId }) => clientId),
    'clients',
    'client_id',
    report,
  );
  checkUnique(
    users.map(({ email }) => email.toLowerCase()),
    'users',
    'email',
    report,
  );
  checkAudiences(clients, [...apis, ...builtInApis], report);
  if (problems.length > 0) throw new ConfigurationError(problems.map(({ path, why }) => `${path}: ${why}`));
  return { apis: [...builtInApis, ...apis], clients, users, registration };
}

function listAt(root: Mapping, name: string, report: Report): readonly (readonly [Mapping, string])[] {
  const value = root[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    report(name, 'must be a list');
    return [];
  }
  return value.flatMap((member: unknown, index) => {
    const path = `${name}[${index}]`;
    if (isMapping(member)) return [[member, path] as const];
    report(path, 'must be a mapping');
    return [];
  });
}

function checkNames(mapping: Mapping, known: readonly string[], path: string, report: Report): void {
  for (const name of Object.keys(mapping))
    if (!known.includes(name)) report(path === '' ? name : `${path}.${name}`, 'is not a known setting');
}

function readApi(value: Mapping, path: string, report: Report): Api {
  checkNames(
    value,
    ['identifier', 'name', 'scopes', 'access_token_lifetime_seconds', 'allow_offline_access', 'signing_alg'],
    path,
    report,
  );
  const {
    identifier,
    name,
    scopes = {},
    access_token_lifetime_seconds: lifetime = 86_400,
    allow_offline_access: offline = false,
    signing_alg: alg = 'RS256',
  } = value;
  if (!isText(identifier) || /\s/.test(identifier))
    report(`${path}.identifier`, 'must be the audience, a text without spaces');
  if (name !== undefined && !isText(name)) report(`${path}.name`, 'must be a non-empty string');
  if (!isMapping(scopes) || Object.values(scopes).some((words) => !isText(words)))
    report(`${path}.scopes`, 'must map each scope to the words on the consent page');
  else
    for (const scope of Object.keys(scopes))
      if (!SCOPE_TOKEN.test(scope)) report(`${path}.scopes.${scope}`, 'holds a character that a scope can not have');
  if (!Number.isSafeInteger(lifetime) || (lifetime as number) < 10 || (lifetime as number) > 86_400)
    report(`${path}.access_token_lifetime_seconds`, 'must be a whole number from 10 to 86400');
  if (typeof offline !== 'boolean') report(`${path}.allow_offline_access`, 'must be true or false');
  if (!['RS256', 'PS256', 'ES256'].includes(alg as string))
    report(`${path}.signing_alg`, 'must be one of: RS256, PS256, ES256');
  return {
    identifier: String(identifier),
    name: String(name ?? identifier),
    scopes: scopes as Api['scopes'],
    accessTokenLifetimeSeconds: lifetime as number,
    allowOfflineAccess: offline as boolean,
    signingAlg: alg as Api['signingAlg'],
  };
}

function readClient(
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

function readUser(value: Mapping, path: string, production: boolean, report: Report): DeclaredUser {
  checkNames(value, ['user_id', 'email', 'password', 'email_verified', 'claims'], path, report);
  const { user_id: userId, email, password, email_verified: verified = false, claims = {} } = value;
  if (!isText(email) || !/^[^\s@]+@[^\s@]+$/.test(email)) report(`${path}.email`, 'must be an e-mail address');
  if (password !== undefined && (!isText(password) || password.length < 8 || Buffer.byteLength(password) > 512))
    report(`${path}.password`, 'must be 8 to 512 bytes');
  if (production && isText(password) && ['wonderland-42', 'builder-4242'].includes(password))
    report(`${path}.password`, 'is the password of the demo system');
  if (typeof verified !== 'boolean') report(`${path}.email_verified`, 'must be true or false');
  if (!isMapping(claims)) report(`${path}.claims`, 'must be a mapping');
  else
    for (const [name, claim] of Object.entries(claims)) {
      const why = whyNotClaim(name, claim);
      if (why !== undefined) report(`${path}.claims.${name}`, why);
    }
  if (userId !== undefined && (!isText(userId) || !/^[\x21-\x7E]{1,255}$/.test(userId)))
    report(`${path}.user_id`, 'must be 1 to 255 printable ASCII characters');
  return {
    email: String(email),
    emailVerified: verified as boolean,
    claims: (isMapping(claims) ? claims : {}) as User['claims'],
    ...(isText(userId) ? { userId } : {}),
    ...(isText(password) ? { password } : {}),
  };
}

function readRegistration(value: unknown, report: Report): DeclaredRegistration {
  if (value === undefined || value === null) return { open: false, initialAccessTokens: [] };
  if (!isMapping(value)) {
    report('dynamic_registration', 'must be a mapping');
    return { open: false, initialAccessTokens: [] };
  }
  checkNames(value, ['open', 'initial_access_tokens'], 'dynamic_registration', report);
  const { open = false, initial_access_tokens: tokens = [] } = value;
  if (typeof open !== 'boolean') report('dynamic_registration.open', 'must be true or false');
  const list = Array.isArray(tokens) ? tokens : [];
  if (!Array.isArray(tokens)) report('dynamic_registration.initial_access_tokens', 'must be a list');
  const initialAccessTokens = list.flatMap((entry: unknown, index) => {
    const { token, uses = 1 } = isMapping(entry) ? entry : { token: undefined };
    const path = `dynamic_registration.initial_access_tokens[${index}]`;
    if (!isText(token) || token.length < 32) {
      report(`${path}.token`, 'must be at least 32 characters');
      return [];
    }
    if (!Number.isSafeInteger(uses) || (uses as number) < 1) {
      report(`${path}.uses`, 'must be a whole number above 0');
      return [];
    }
    return [{ token, uses: uses as number }];
  });
  return { open: open === true, initialAccessTokens };
}

function checkUnique(values: readonly string[], path: string, member: string, report: Report): void {
  values.forEach((value, index) => {
    if (values.indexOf(value) !== index) report(`${path}[${index}].${member}`, 'stands twice');
  });
}

function checkAudiences(clients: readonly DeclaredClient[], apis: readonly Api[], report: Report): void {
  const known = new Set(apis.map(({ identifier }) => identifier));
  clients.forEach(({ metadata }, index) => {
    const { audiences, defaultAudience, introspectionAudience } = metadata;
    audiences.forEach((audience, place) => {
      if (!known.has(audience)) report(`clients[${index}].audiences[${place}]`, 'is not among the apis');
    });
    if (defaultAudience !== undefined && !audiences.includes(defaultAudience))
      report(`clients[${index}].default_audience`, 'is not among the audiences of the client');
    if (introspectionAudience !== undefined && !known.has(introspectionAudience))
      report(`clients[${index}].introspection_audience`, 'is not among the apis');
  });
}
