import { Injectable } from '@nestjs/common';
import { ApiStore } from '@tandem/persistence';
import { OAuthError, words } from '@tandem/protocol';
import type { AuthenticatedClient, FormParameters } from '@tandem/protocol';
import { single } from '../../http/form-parameters.js';
import type { ClientRedemption } from '../../token-issuance/token-issuer.js';
import type { GrantType } from './grant-type.js';
import { requestedAudience } from './requested-audience.js';

/** A token for the client itself (RFC 6749 §4.4). No user, no ID token, no refresh token. */
@Injectable()
export class ClientCredentialsGrant implements GrantType {
  static readonly wireName = 'client_credentials';
  readonly name = ClientCredentialsGrant.wireName;

  constructor(private readonly apis: ApiStore) {}

  async redeem(client: AuthenticatedClient, form: FormParameters): Promise<ClientRedemption> {
    if (client.tokenEndpointAuthMethod === 'none')
      throw new OAuthError('unauthorized_client', 'a public client has no credentials');
    const only = client.audiences.length === 1 ? client.audiences[0] : undefined;
    const identifier = requestedAudience(form) ?? client.defaultAudience ?? only;
    const api =
      identifier !== undefined && client.audiences.includes(identifier) ? await this.apis.find(identifier) : undefined;
    if (api === undefined)
      throw new OAuthError('invalid_target', 'the audience is missing, unknown or not allowed to this client');
    const asked = words(single(form, 'scope'));
    if (asked.some((word) => !Object.hasOwn(api.scopes, word)))
      throw new OAuthError('invalid_scope', 'the API has no such scope');
    return { kind: 'client', api, scope: asked.length > 0 ? asked : Object.keys(api.scopes) };
  }
}
