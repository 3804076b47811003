import { ClientSecretBasic } from './client-secret-basic.js';
import { ClientSecretPost } from './client-secret-post.js';
import { NoAuthentication } from './none.js';
import { PrivateKeyJwt } from './private-key-jwt.js';

/** The one list of client authentication methods; dispatch, discovery and registration derive from it. */
export const CLIENT_AUTHENTICATION_METHODS = [
  ClientSecretBasic,
  ClientSecretPost,
  PrivateKeyJwt,
  NoAuthentication,
] as const;

export const CLIENT_AUTHENTICATION_METHOD_NAMES: readonly string[] = CLIENT_AUTHENTICATION_METHODS.map(
  ({ methodName }) => methodName,
);
