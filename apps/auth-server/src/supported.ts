import { ACR_VALUES, RESPONSE_TYPES } from '@tandem/protocol';
import type { Supported } from '@tandem/protocol';
import { REQUEST_OBJECT_ALGS } from './authorization-endpoint/request-objects.js';
import { CLIENT_ASSERTION_ALGS } from './client-authentication/methods/private-key-jwt.js';
import { LOGIN_METHOD_NAMES } from './interaction/login-methods/index.js';
import { OUR_SIGNING_ALGS } from './signing-keys/signing-keys.js';

/** Key management and content encryption that tokens to clients may use. */
export const ENCRYPTION_ALGS: readonly string[] = ['RSA-OAEP-256', 'ECDH-ES'];
export const ENCRYPTION_ENCS: readonly string[] = ['A128CBC-HS256', 'A256GCM'];

/**
 * What this server can do, from the lists of what is installed: discovery publishes it, registration and the declared
 * configuration admit nothing else.
 */
export const supportedBy = (installed: {
  readonly authenticationMethods: readonly string[];
  readonly grantTypes: readonly string[];
}): Supported => ({
  tokenEndpointAuthMethods: installed.authenticationMethods,
  tokenEndpointAuthSigningAlgs: CLIENT_ASSERTION_ALGS,
  idTokenSigningAlgs: OUR_SIGNING_ALGS,
  requestObjectSigningAlgs: REQUEST_OBJECT_ALGS,
  encryptionAlgs: ENCRYPTION_ALGS,
  encryptionEncs: ENCRYPTION_ENCS,
  // `implicit` is no grant type of the token endpoint: it stands for tokens from the authorization endpoint.
  grantTypes: [...installed.grantTypes, 'implicit'],
  responseTypes: RESPONSE_TYPES,
  loginMethods: LOGIN_METHOD_NAMES,
  acrValues: ACR_VALUES,
});
