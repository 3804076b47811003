import { OAuthError } from '../../oauth-error.js';
import { GRANT_MANAGEMENT_ACTIONS } from '../authorization-request.js';
import type { Check } from './check.js';

/** Grant Management for OAuth 2.0 §4: `merge` and `replace` name a grant, `create` doesn't. */
export const grantManagement: Check = ({ parameters, client }) => {
  const { grantManagementAction: action, grantId } = parameters;
  if (action === undefined) {
    if (grantId !== undefined) throw new OAuthError('invalid_request', 'grant_id needs a grant_management_action');
    return;
  }
  if (!(GRANT_MANAGEMENT_ACTIONS as readonly string[]).includes(action)) {
    throw new OAuthError('invalid_request', 'grant_management_action is unknown');
  }
  if ((action === 'create') !== (grantId === undefined))
    throw new OAuthError('invalid_request', 'grant_id does not fit the grant_management_action');
  if (client.tokenEndpointAuthMethod === 'none')
    throw new OAuthError('unauthorized_client', 'grant management is for confidential clients');
};
