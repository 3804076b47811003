import type { Client, Localised } from '../model/client.js';
import { partsOf } from '../response-type.js';
import { checkRedirectUris, clientMetadataFields, DEFAULT_REFRESH_TOKEN } from './client-metadata.js';
import type { ClientProperty, Supported } from './client-metadata.js';
import type { Problem } from './fields.js';

/** Everything of a client but what the server owns. */
export type ClientMetadata = Pick<Client, ClientProperty>;

/** Who speaks: the operator's file may set more, and unknown members there are mistakes; a registration's are ignored. */
export type MetadataSource = 'declared' | 'registered';

/** What a client is that says nothing of itself. */
export const DEFAULT_CLIENT_METADATA: ClientMetadata = {
  clientName: {},
  clientUri: {},
  logoUri: {},
  policyUri: {},
  tosUri: {},
  contacts: [],
  applicationType: 'web',
  redirectUris: [],
  postLogoutRedirectUris: [],
  responseTypes: ['code'],
  grantTypes: ['authorization_code'],
  tokenEndpointAuthMethod: 'client_secret_basic',
  subjectType: 'public',
  idTokenSignedResponseAlg: 'RS256',
  requestUris: [],
  requireAuthTime: false,
  defaultAcrValues: [],
  frontchannelLogoutSessionRequired: false,
  backchannelLogoutSessionRequired: false,
  audiences: [],
  skipConsent: false,
  requirePkce: false,
  webOrigins: [],
  idTokenProfileClaims: true,
  refreshToken: DEFAULT_REFRESH_TOKEN,
  loginMethods: [],
};

/** Members that carry credentials or are the server's, read elsewhere. */
const CREDENTIAL_MEMBERS = ['client_id', 'client_secret', 'client_secrets'];

/**
 * Reads client metadata by the table, with defaults, and the rules that bind members to one another. All problems are
 * reported; the result counts only when there are none.
 */
export function readClientMetadata(
  input: Readonly<Record<string, unknown>>,
  source: MetadataSource,
  supported: Supported,
): { readonly metadata: ClientMetadata; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report = (path: string, why: string): void => void problems.push({ path, why });
  const read: Record<string, unknown> = {};
  const known = new Set(CREDENTIAL_MEMBERS);
  for (const { wireName, property, read: reader, localised, operatorOnly } of clientMetadataFields(supported)) {
    if (operatorOnly === true && source === 'registered') continue;
    known.add(wireName);
    if (localised === true) {
      const texts = readLocalised(input, wireName, (value, path) => reader(value, path, report) as string | undefined);
      for (const tag of Object.keys(texts)) known.add(tag === '' ? wireName : `${wireName}#${tag}`);
      read[property] = texts;
    } else if (input[wireName] !== undefined && input[wireName] !== null) {
      const value = reader(input[wireName], wireName, report);
      if (value !== undefined) read[property] = value;
    }
  }
  if (source === 'declared')
    for (const name of Object.keys(input)) if (!known.has(name)) report(name, 'is not a known setting');
  const metadata = complete(read, source);
  checkTogether(metadata, report);
  return { metadata, problems };
}

function readLocalised(
  input: Readonly<Record<string, unknown>>,
  wireName: string,
  reader: (value: unknown, path: string) => string | undefined,
): Localised {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(input)) {
    const [base, tag = ''] = name.split('#', 2);
    if (base !== wireName || value === null) continue;
    const text = reader(value, name);
    if (text !== undefined) texts[tag] = text;
  }
  return texts;
}

/** `grant_types` default from the response types: both spellings of a hybrid client are accepted. */
function complete(read: Record<string, unknown>, source: MetadataSource): ClientMetadata {
  const metadata = { ...DEFAULT_CLIENT_METADATA, ...encryptionDefaults(read), ...read } as ClientMetadata;
  if (read['grantTypes'] !== undefined) return metadata;
  const parts = new Set(metadata.responseTypes.flatMap((type) => [...partsOf(type)]));
  const grantTypes = [
    ...(parts.has('code') ? ['authorization_code'] : []),
    ...(parts.has('id_token') || parts.has('token') ? ['implicit'] : []),
    ...(source === 'declared' && parts.has('code') ? ['refresh_token'] : []),
  ];
  return { ...metadata, grantTypes };
}

/** OpenID Dynamic Registration §2: the `enc` that goes with an `alg` alone; the registration response tells it. */
const encryptionDefaults = (read: Record<string, unknown>): Partial<ClientMetadata> => ({
  ...(read['idTokenEncryptedResponseAlg'] === undefined ? {} : { idTokenEncryptedResponseEnc: 'A128CBC-HS256' }),
  ...(read['userinfoEncryptedResponseAlg'] === undefined ? {} : { userinfoEncryptedResponseEnc: 'A128CBC-HS256' }),
});

function checkTogether(metadata: ClientMetadata, report: (path: string, why: string) => void): void {
  const { redirectUris, postLogoutRedirectUris, applicationType, responseTypes, grantTypes } = metadata;
  const interactive = grantTypes.some((type) => type === 'authorization_code' || type === 'implicit');
  if (interactive && redirectUris.length === 0) report('redirect_uris', 'must name at least one address');
  checkRedirectUris(redirectUris, applicationType, 'redirect_uris', report);
  checkRedirectUris(postLogoutRedirectUris, applicationType, 'post_logout_redirect_uris', report);
  const needs = (grantType: string, part: 'code' | 'id_token' | 'token'): boolean =>
    responseTypes.some((type) => partsOf(type).includes(part)) && !grantTypes.includes(grantType) && interactive;
  if (needs('authorization_code', 'code'))
    report('grant_types', 'lacks authorization_code, which a response type needs');
  if (!isOnOneOf(redirectUris, metadata.frontchannelLogoutUri))
    report('frontchannel_logout_uri', 'must have the scheme, host and port of one of the redirect_uris');
  checkKeys(metadata, report);
}

/** Front-Channel Logout §2: a page of ours embeds that address, so it must be a place that the client has anyway. */
const isOnOneOf = (redirectUris: readonly string[], address: string | undefined): boolean =>
  address === undefined ||
  redirectUris.some((uri) => URL.canParse(uri) && new URL(uri).origin === new URL(address).origin);

function checkKeys(metadata: ClientMetadata, report: (path: string, why: string) => void): void {
  const { jwks, jwksUri, tokenEndpointAuthMethod } = metadata;
  if (jwks !== undefined && jwksUri !== undefined) report('jwks_uri', 'can not stand beside jwks');
  const hasKeys = jwks !== undefined || jwksUri !== undefined;
  if (tokenEndpointAuthMethod === 'private_key_jwt' && !hasKeys)
    report('jwks', 'is needed by private_key_jwt: give jwks or jwks_uri');
  const encrypts = metadata.idTokenEncryptedResponseAlg ?? metadata.userinfoEncryptedResponseAlg;
  if (encrypts !== undefined && !hasKeys) report('jwks', 'is needed to encrypt to this client: give jwks or jwks_uri');
  for (const place of ['id_token', 'userinfo'] as const) {
    const [alg, enc] =
      place === 'id_token'
        ? [metadata.idTokenEncryptedResponseAlg, metadata.idTokenEncryptedResponseEnc]
        : [metadata.userinfoEncryptedResponseAlg, metadata.userinfoEncryptedResponseEnc];
    if (enc !== undefined && alg === undefined) report(`${place}_encrypted_response_enc`, 'needs the alg beside it');
  }
}

/** Client metadata as it goes over the wire, the inverse of reading. Empty members are left out. */
export function encodeClientMetadata(
  client: ClientMetadata,
  supported: Supported,
  source: MetadataSource,
): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const { wireName, property, localised, operatorOnly } of clientMetadataFields(supported)) {
    if (operatorOnly === true && source === 'registered') continue;
    const value = client[property];
    if (value === undefined || value === null) continue;
    if (localised === true) {
      for (const [tag, text] of Object.entries(value as Localised))
        wire[tag === '' ? wireName : `${wireName}#${tag}`] = text;
    } else if (property === 'jwks') wire[wireName] = { keys: value };
    else if (!(Array.isArray(value) && value.length === 0)) wire[wireName] = value;
  }
  return wire;
}
