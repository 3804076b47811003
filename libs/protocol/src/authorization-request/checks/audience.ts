import { OAuthError } from '../../oauth-error.js';
import type { Check } from './check.js';

/** RFC 8707 §2: every API named must exist and be allowed to the client. */
export const audience: Check = ({ client, apis, unknownAudiences }) => {
  if (unknownAudiences.length > 0 || apis.some((api) => !client.audiences.includes(api.identifier))) {
    throw new OAuthError('invalid_target', 'the audience is unknown or not allowed to this client');
  }
};
