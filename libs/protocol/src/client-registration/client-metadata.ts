import { LOGOUT_RECEIVER } from '@tandem/contracts';
import type { Client, RefreshTokenPolicy } from '../model/client.js';
import type { PublicJwk } from '../model/jwk.js';
import { whyNotRedirectUri } from '../redirect-uri.js';
import { readResponseType } from '../response-type.js';
import type { ResponseType } from '../response-type.js';
import { flag, httpsUrl, listOf, oneOf, origin, shortText, text, webUrl, wholeNumber } from './fields.js';
import type { Reader } from './fields.js';

/** Client properties that a registration sets, as against those that the server owns. */
export type ClientProperty = Exclude<
  keyof Client,
  'clientId' | 'secrets' | 'clientIdIssuedAt' | 'origin' | 'disabledAt'
>;

/** What is supported here; discovery and registration derive from the same lists. */
export interface Supported {
  readonly tokenEndpointAuthMethods: readonly string[];
  readonly tokenEndpointAuthSigningAlgs: readonly string[];
  readonly idTokenSigningAlgs: readonly string[];
  readonly requestObjectSigningAlgs: readonly string[];
  readonly encryptionAlgs: readonly string[];
  readonly encryptionEncs: readonly string[];
  readonly grantTypes: readonly string[];
  readonly responseTypes: readonly ResponseType[];
  readonly loginMethods: readonly string[];
  readonly acrValues: readonly string[];
}

/** One member of client metadata: its wire name, the property it becomes, and how it is read. */
export interface Field {
  readonly wireName: string;
  readonly property: ClientProperty;
  readonly read: Reader<unknown>;
  /** Given a value per BCP 47 tag by `name#tag` members (RFC 7591 §2.2). */
  readonly localised?: true;
  /** Only the operator's declared configuration may set it: self-registration never does. */
  readonly operatorOnly?: true;
}

export const DEFAULT_REFRESH_TOKEN: RefreshTokenPolicy = {
  leewaySeconds: 0,
  idleLifetimeSeconds: 30 * 86_400,
  absoluteLifetimeSeconds: 30 * 86_400,
};

const responseType: Reader<ResponseType> = (value, path, report) =>
  (typeof value === 'string' ? readResponseType(value) : undefined) ?? void report(path, 'is not a response type');

const keySet: Reader<readonly PublicJwk[]> = (value, path, report) => {
  const keys = typeof value === 'object' && value !== null ? (value as { keys?: unknown }).keys : undefined;
  return Array.isArray(keys) ? (keys as readonly PublicJwk[]) : void report(path, 'must be a JWK Set');
};

const refreshToken: Reader<RefreshTokenPolicy> = (value, path, report) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return void report(path, 'must be a mapping');
  const names: Record<string, keyof RefreshTokenPolicy> = {
    leeway_seconds: 'leewaySeconds',
    idle_lifetime_seconds: 'idleLifetimeSeconds',
    absolute_lifetime_seconds: 'absoluteLifetimeSeconds',
  };
  const policy: Record<string, number> = { ...DEFAULT_REFRESH_TOKEN };
  for (const [name, member] of Object.entries(value)) {
    const property = names[name];
    if (property === undefined) report(`${path}.${name}`, 'is not a known setting');
    else
      policy[property] =
        wholeNumber(0, name === 'leeway_seconds' ? 600 : 366 * 86_400)(member, `${path}.${name}`, report) ?? 0;
  }
  return policy as unknown as RefreshTokenPolicy;
};

const receiverName: Reader<string> = (value, path, report) =>
  typeof value === 'string' && LOGOUT_RECEIVER.test(value)
    ? value
    : void report(path, 'must be a name of letters, digits, - and _');

const field = (
  wireName: string,
  property: ClientProperty,
  read: Reader<unknown>,
  more: Partial<Field> = {},
): Field => ({ wireName, property, read, ...more });
const localised = (wireName: string, property: ClientProperty, read: Reader<string>): Field =>
  field(wireName, property, read, { localised: true });
const operator = (wireName: string, property: ClientProperty, read: Reader<unknown>): Field =>
  field(wireName, property, read, { operatorOnly: true });

/** The table of client metadata (OpenID Dynamic Registration §2, RFC 7591 §2, the logout specifications, and our own). */
export function clientMetadataFields(supported: Supported): readonly Field[] {
  const encryptionAlg = oneOf(supported.encryptionAlgs);
  const encryptionEnc = oneOf(supported.encryptionEncs);
  return [
    localised('client_name', 'clientName', shortText(200)),
    localised('client_uri', 'clientUri', webUrl),
    localised('logo_uri', 'logoUri', webUrl),
    localised('policy_uri', 'policyUri', webUrl),
    localised('tos_uri', 'tosUri', webUrl),
    field('contacts', 'contacts', listOf(shortText(320))),
    field('application_type', 'applicationType', oneOf(['web', 'native'])),
    field('redirect_uris', 'redirectUris', listOf(text)),
    field('post_logout_redirect_uris', 'postLogoutRedirectUris', listOf(text)),
    field('initiate_login_uri', 'initiateLoginUri', httpsUrl),
    field('response_types', 'responseTypes', listOf(responseType)),
    field('grant_types', 'grantTypes', listOf(oneOf(supported.grantTypes))),
    field('token_endpoint_auth_method', 'tokenEndpointAuthMethod', oneOf(supported.tokenEndpointAuthMethods)),
    field(
      'token_endpoint_auth_signing_alg',
      'tokenEndpointAuthSigningAlg',
      oneOf(supported.tokenEndpointAuthSigningAlgs),
    ),
    field('jwks', 'jwks', keySet),
    field('jwks_uri', 'jwksUri', webUrl),
    field('subject_type', 'subjectType', oneOf(['public', 'pairwise'])),
    field('sector_identifier_uri', 'sectorIdentifierUri', webUrl),
    field('id_token_signed_response_alg', 'idTokenSignedResponseAlg', oneOf(supported.idTokenSigningAlgs)),
    field('id_token_encrypted_response_alg', 'idTokenEncryptedResponseAlg', encryptionAlg),
    field('id_token_encrypted_response_enc', 'idTokenEncryptedResponseEnc', encryptionEnc),
    field('userinfo_signed_response_alg', 'userinfoSignedResponseAlg', oneOf(supported.idTokenSigningAlgs)),
    field('userinfo_encrypted_response_alg', 'userinfoEncryptedResponseAlg', encryptionAlg),
    field('userinfo_encrypted_response_enc', 'userinfoEncryptedResponseEnc', encryptionEnc),
    field('introspection_signed_response_alg', 'introspectionSignedResponseAlg', oneOf(supported.idTokenSigningAlgs)),
    field('request_object_signing_alg', 'requestObjectSigningAlg', oneOf(supported.requestObjectSigningAlgs)),
    field('request_uris', 'requestUris', listOf(text)),
    field('default_max_age', 'defaultMaxAge', wholeNumber(0, 2_147_483_647)),
    field('require_auth_time', 'requireAuthTime', flag),
    field('default_acr_values', 'defaultAcrValues', listOf(shortText(200))),
    field('frontchannel_logout_uri', 'frontchannelLogoutUri', webUrl),
    field('frontchannel_logout_session_required', 'frontchannelLogoutSessionRequired', flag),
    field('backchannel_logout_uri', 'backchannelLogoutUri', webUrl),
    field('backchannel_logout_session_required', 'backchannelLogoutSessionRequired', flag),
    operator('audiences', 'audiences', listOf(text)),
    operator('default_audience', 'defaultAudience', text),
    operator('skip_consent', 'skipConsent', flag),
    field('require_pkce', 'requirePkce', flag),
    operator('web_origins', 'webOrigins', listOf(origin)),
    operator('id_token_profile_claims', 'idTokenProfileClaims', flag),
    operator('profile', 'profile', oneOf(['fapi2'])),
    operator('introspection_audience', 'introspectionAudience', text),
    operator('refresh_token', 'refreshToken', refreshToken),
    operator('backchannel_logout_nats', 'backchannelLogoutNats', receiverName),
    operator('login_methods', 'loginMethods', listOf(oneOf(supported.loginMethods))),
    operator('required_acr', 'requiredAcr', oneOf(supported.acrValues)),
  ];
}

/** Why a list of redirect URIs can't be registered: one entry per bad member. */
export function checkRedirectUris(
  uris: readonly string[],
  applicationType: 'web' | 'native',
  path: string,
  report: (path: string, why: string) => void,
): void {
  uris.forEach((uri, index) => {
    const why = whyNotRedirectUri(uri, applicationType);
    if (why !== undefined) report(`${path}[${index}]`, why);
  });
}
