import {
  CLAIMS_OF_SCOPE,
  GRANT_MANAGEMENT_ACTIONS,
  IDENTITY_SCOPES,
  promptsOffered,
  RESPONSE_MODES,
  STANDARD_CLAIMS,
} from '@tandem/protocol';
import type { Supported } from '@tandem/protocol';
import type { Issuer } from '../endpoints.js';
import { LANGUAGES } from '../messages/index.js';

/** Claims about the sign-in, which ID tokens carry besides the user's. */
const PROTOCOL_CLAIMS = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'acr',
  'amr',
  'sid',
  'at_hash',
  'c_hash',
];

/** The metadata document (OIDC Discovery §3, RFC 8414 §2), derived from what is installed. */
export function discoveryDocument(
  issuer: Issuer,
  supported: Supported,
  options: {
    readonly registration: boolean;
    readonly scopes: readonly string[];
    readonly acrValues: readonly string[];
    readonly signUp: boolean;
  },
): Record<string, unknown> {
  const confidential = supported.tokenEndpointAuthMethods.filter((method) => method !== 'none');
  return {
    issuer: issuer.identifier,
    authorization_endpoint: issuer.url('authorization'),
    token_endpoint: issuer.url('token'),
    userinfo_endpoint: issuer.url('userinfo'),
    jwks_uri: issuer.url('jwks'),
    ...(options.registration ? { registration_endpoint: issuer.url('registration') } : {}),
    revocation_endpoint: issuer.url('revocation'),
    introspection_endpoint: issuer.url('introspection'),
    end_session_endpoint: issuer.url('endSession'),
    check_session_iframe: issuer.url('checkSession'),
    grant_management_endpoint: issuer.url('grantManagement'),
    grant_management_actions_supported: ['query', 'revoke', ...GRANT_MANAGEMENT_ACTIONS],
    scopes_supported: [...IDENTITY_SCOPES, ...options.scopes],
    response_types_supported: supported.responseTypes,
    response_modes_supported: RESPONSE_MODES,
    grant_types_supported: supported.grantTypes,
    acr_values_supported: options.acrValues,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: supported.idTokenSigningAlgs,
    id_token_encryption_alg_values_supported: supported.encryptionAlgs,
    id_token_encryption_enc_values_supported: supported.encryptionEncs,
    userinfo_signing_alg_values_supported: supported.idTokenSigningAlgs,
    userinfo_encryption_alg_values_supported: supported.encryptionAlgs,
    userinfo_encryption_enc_values_supported: supported.encryptionEncs,
    introspection_signing_alg_values_supported: supported.idTokenSigningAlgs,
    // `none` works for clients that registered it, but nobody should be led to it.
    request_object_signing_alg_values_supported: supported.requestObjectSigningAlgs.filter((alg) => alg !== 'none'),
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    token_endpoint_auth_methods_supported: supported.tokenEndpointAuthMethods,
    token_endpoint_auth_signing_alg_values_supported: supported.tokenEndpointAuthSigningAlgs,
    revocation_endpoint_auth_methods_supported: supported.tokenEndpointAuthMethods,
    revocation_endpoint_auth_signing_alg_values_supported: supported.tokenEndpointAuthSigningAlgs,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: supported.tokenEndpointAuthSigningAlgs,
    code_challenge_methods_supported: ['S256'],
    claim_types_supported: ['normal'],
    claims_supported: [...PROTOCOL_CLAIMS, ...STANDARD_CLAIMS],
    claims_parameter_supported: true,
    display_values_supported: ['page', 'popup', 'touch', 'wap'],
    prompt_values_supported: promptsOffered(options),
    ui_locales_supported: LANGUAGES.map(({ tag }) => tag),
    authorization_response_iss_parameter_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  };
}

/** Scopes with claims behind them, for the document's own consistency. */
export const CLAIM_SCOPES: readonly string[] = Object.keys(CLAIMS_OF_SCOPE);
