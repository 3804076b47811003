import { AuthorizationCodeGrant } from './authorization-code.js';
import { ClientCredentialsGrant } from './client-credentials.js';
import { RefreshTokenGrant } from './refresh-token.js';

/** The one list of grant types at the token endpoint; dispatch, discovery and registration derive from it. */
export const GRANT_TYPES = [AuthorizationCodeGrant, RefreshTokenGrant, ClientCredentialsGrant] as const;

export const GRANT_TYPE_NAMES: readonly string[] = GRANT_TYPES.map(({ wireName }) => wireName);
