import {
  readAuthorizationParameters,
  type AuthorizationParameters,
} from './authorization-request/authorization-parameters.js';
import { PROMPTS, type AuthorizationRequest } from './authorization-request/authorization-request.js';
import { checkAuthorizationRequest } from './authorization-request/check-authorization-request.js';
import type { CheckInput } from './authorization-request/checks/check.js';
import { resolveReturnAddress } from './authorization-request/return-address.js';
import type { Supported } from './client-registration/client-metadata.js';
import { readClientMetadata } from './client-registration/read-client-metadata.js';
import type { Api } from './model/api.js';
import type { Client } from './model/client.js';
import type { User } from './model/user.js';
import { OAuthError, type ErrorCode } from './oauth-error.js';

export const CALLBACK = 'https://rp.example/cb';
export const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

export const SUPPORTED: Supported = {
  tokenEndpointAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  tokenEndpointAuthSigningAlgs: ['RS256', 'ES256'],
  idTokenSigningAlgs: ['RS256', 'ES256', 'EdDSA'],
  requestObjectSigningAlgs: ['RS256', 'ES256', 'none'],
  encryptionAlgs: ['RSA-OAEP-256', 'ECDH-ES'],
  encryptionEncs: ['A256GCM'],
  grantTypes: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
  responseTypes: ['code', 'id_token', 'code id_token', 'code token', 'code id_token token'],
  loginMethods: ['password'],
  acrValues: ['urn:tandem:acr:single-factor'],
};

/** A confidential web client that may use every response type; what differs from it is said by the test. */
export function aClient(changes: Partial<Client> = {}): Client {
  const { metadata } = readClientMetadata(
    {
      redirect_uris: [CALLBACK],
      response_types: ['code', 'code id_token', 'code token', 'code id_token token', 'id_token', 'id_token token'],
      audiences: ['https://api.example/'],
    },
    'declared',
    SUPPORTED,
  );
  return { ...metadata, clientId: 'web', secrets: [], origin: 'declared', ...changes };
}

export const anApi = (changes: Partial<Api> = {}): Api => ({
  identifier: 'https://api.example/',
  name: 'Orders',
  scopes: { 'read:orders': 'See your orders', 'write:orders': 'Place orders' },
  accessTokenLifetimeSeconds: 300,
  allowOfflineAccess: true,
  signingAlg: 'RS256',
  ...changes,
});

export const aUser = (changes: Partial<User> = {}): User => ({
  userId: 'usr_1',
  email: 'alice@example.com',
  emailKey: 'alice@example.com',
  emailVerified: true,
  claims: { name: 'Alice' },
  updatedAt: 1_700_000_000,
  ...changes,
});

/** Wire parameters of a good hybrid request; an undefined change takes one away, an array repeats it. */
export function aForm(
  changes: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): Map<string, readonly string[]> {
  const form = new Map<string, readonly string[]>();
  const wire = {
    client_id: 'web',
    redirect_uri: CALLBACK,
    response_type: 'code id_token',
    scope: 'openid profile',
    state: 'xyz',
    nonce: 'n-0S6_WzA2Mj',
    ...changes,
  };
  for (const [name, value] of Object.entries(wire)) {
    if (value !== undefined) form.set(name, typeof value === 'string' ? [value] : value);
  }
  return form;
}

export type FormChanges = Parameters<typeof aForm>[0];

export const parametersOf = (changes: FormChanges = {}): AuthorizationParameters =>
  readAuthorizationParameters(aForm(changes));

export function aCheckInput(changes: FormChanges = {}, more: Partial<CheckInput> = {}): CheckInput {
  const client = more.client ?? aClient();
  const parameters = parametersOf(changes);
  return {
    parameters,
    client,
    returnAddress: resolveReturnAddress(parameters, client),
    apis: [],
    unknownAudiences: [],
    prompts: PROMPTS,
    ...more,
  };
}

export const anAuthorizationRequest = (
  changes: FormChanges = {},
  more: Partial<CheckInput> = {},
): AuthorizationRequest => checkAuthorizationRequest(aCheckInput(changes, more));

/** The code of the OAuthError that `act` throws, or undefined when it returns; anything else is a bug and goes on. */
export function refusalOf(act: () => unknown): ErrorCode | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof OAuthError) return error.code;
    throw error;
  }
}
