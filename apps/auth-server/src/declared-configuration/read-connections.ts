import { createPrivateKey } from 'node:crypto';
import { flag, listOf, oneOf, shortText, text, webUrl } from '@tandem/protocol';
import type { Reader } from '@tandem/protocol';
import { UPSTREAM_AUTH_METHODS } from './declared-configuration.js';
import type { DeclaredConnection } from './declared-configuration.js';
import { textOfFile } from './read-files.js';
import { isMapping, readSettings } from './reading.js';

/** A connection as it is written: its secret may stand in a file of its own. */
type Written = DeclaredConnection & { readonly clientSecretFile?: string };

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** What our own tokens say of the sign-in itself, and no other provider may. */
const RESERVED = [
  'sub',
  'iss',
  'aud',
  'exp',
  'iat',
  'nbf',
  'nonce',
  'acr',
  'amr',
  'auth_time',
  'azp',
  'sid',
  'updated_at',
];

const connectionName: Reader<string> = (value, path, report) => {
  const name = text(value, path, report);
  if (name === undefined || NAME.test(name)) return name === 'ldap' ? void report(path, 'is the directory’s') : name;
  return void report(path, 'must be letters, digits, hyphens and underscores, 64 at most');
};

/** A key that can sign an assertion, of one of the two kinds that every provider takes. */
const privateKeyFile: Reader<string> = (value, path, report) => {
  const pem = textOfFile(value, path, report);
  if (pem === undefined) return undefined;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    const fits = asymmetricKeyType === 'rsa' || asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return fits ? pem : void report(path, 'must hold an RSA or a P-256 key');
  } catch {
    return void report(path, 'holds no private key in PEM');
  }
};

/** Our claim ← theirs. */
export const claimNames: Reader<Readonly<Record<string, string>>> = (value, path, report) => {
  if (!isMapping(value)) return void report(path, 'must map our claims to theirs');
  const entries = Object.entries(value).flatMap(([ours, theirs]) => {
    if (RESERVED.includes(ours)) report(`${path}.${ours}`, 'can not be set by others');
    const read = shortText(200)(theirs, `${path}.${ours}`, report);
    return read === undefined ? [] : [[ours, read] as const];
  });
  return Object.fromEntries(entries);
};

const DEFAULTS: Omit<Written, 'name' | 'issuer' | 'clientId'> = {
  displayName: '',
  tokenEndpointAuthMethod: 'client_secret_basic',
  scopes: ['openid', 'profile', 'email'],
  claims: {},
  signUp: true,
  trustEmailVerified: false,
  trustedAmr: [],
};

const readConnection: Reader<DeclaredConnection> = (value, path, report) => {
  const written = readSettings<Written>(
    value ?? {},
    path,
    {
      name: ['name', connectionName],
      displayName: ['display_name', shortText(100)],
      issuer: ['issuer', webUrl],
      clientId: ['client_id', text],
      clientSecret: ['client_secret', text],
      clientSecretFile: ['client_secret_file', textOfFile],
      privateKey: ['private_key_file', privateKeyFile],
      keyId: ['key_id', shortText(200)],
      tokenEndpointAuthMethod: ['token_endpoint_auth_method', oneOf(UPSTREAM_AUTH_METHODS)],
      scopes: ['scopes', listOf(shortText(200))],
      claims: ['claims', claimNames],
      signUp: ['sign_up', flag],
      trustEmailVerified: ['trust_email_verified', flag],
      trustedAmr: ['trusted_amr', listOf(shortText(50))],
    },
    { ...DEFAULTS, name: '', issuer: '', clientId: '' },
    report,
  );
  for (const required of ['name', 'issuer', 'client_id'])
    if (isMapping(value) && value[required] === undefined) report(`${path}.${required}`, 'is missing');
  if (!written.scopes.includes('openid')) report(`${path}.scopes`, 'must hold openid');
  const { clientSecretFile, ...connection } = written;
  const clientSecret = clientSecretFile ?? written.clientSecret;
  if (clientSecret === undefined && written.tokenEndpointAuthMethod.startsWith('client_secret_'))
    report(`${path}.client_secret`, `is needed by ${written.tokenEndpointAuthMethod}`);
  if (written.privateKey === undefined && written.tokenEndpointAuthMethod === 'private_key_jwt')
    report(`${path}.private_key_file`, 'is needed by private_key_jwt');
  return {
    ...connection,
    displayName: written.displayName === '' ? written.name : written.displayName,
    ...(clientSecret === undefined ? {} : { clientSecret }),
  };
};

/** `login.connections`: other OpenID Providers. */
export const readConnections: Reader<readonly DeclaredConnection[]> = (value, path, report) => {
  const connections = listOf(readConnection)(value, path, report) ?? [];
  connections.forEach(({ name }, index) => {
    if (name !== '' && connections.findIndex((other) => other.name === name) !== index)
      report(`${path}[${index}].name`, 'stands twice');
  });
  return connections;
};
