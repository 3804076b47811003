import type { TokenResponse } from '@tandem/contracts';
import { Injectable } from '@nestjs/common';
import { ApiStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { Api, AuthenticatedClient, Grant, User } from '@tandem/protocol';
import { AccessTokens } from './access-token.js';
import type { AccessToken, PreparedOpaqueToken } from './access-token.js';
import { IdTokens, idTokenCarriesProfile } from './id-token.js';
import { Subjects } from './subjects.js';

/** What a redeemed grant entitles its client to, as a grant type found it. */
export interface UserRedemption {
  readonly kind: 'user';
  readonly grant: Grant;
  readonly user: User;
  /** Scopes of this answer: all of the grant's, or fewer on refresh. */
  readonly scope: readonly string[];
  /** The API meant by `resource` or `audience`; the grant's first when none is named. */
  readonly audience?: string;
  readonly nonce?: string;
  /** The code that was redeemed: its hash goes into the ID token. */
  readonly code?: string;
  readonly refreshToken?: string;
  readonly preparedOpaque: PreparedOpaqueToken;
}

export interface ClientRedemption {
  readonly kind: 'client';
  readonly api: Api;
  readonly scope: readonly string[];
}

export type Redemption = UserRedemption | ClientRedemption;

/** Turns a redemption into the answer of the token endpoint: the same steps for every grant type. */
@Injectable()
export class TokenIssuer {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly idTokens: IdTokens,
    private readonly subjects: Subjects,
    private readonly apis: ApiStore,
  ) {}

  async issue(client: AuthenticatedClient, redemption: Redemption): Promise<TokenResponse> {
    if (redemption.kind === 'client')
      return responseOf(this.accessTokens.forClient(client, redemption.api, redemption.scope));
    const { grant, user, scope, nonce, refreshToken } = redemption;
    const subject = this.subjects.of(user.userId, client);
    const accessToken = await this.accessTokenFor(client, subject, redemption);
    const idToken = scope.includes('openid')
      ? await this.idTokens.issue({
          ...{ grant, client, user, subject, scope },
          channel: 'back',
          withProfile: idTokenCarriesProfile(client, 'back'),
          accessToken: accessToken.value,
          ...(nonce === undefined ? {} : { nonce }),
          ...(redemption.code === undefined ? {} : { code: redemption.code }),
        })
      : undefined;
    return {
      ...responseOf(accessToken),
      ...(idToken === undefined ? {} : { id_token: idToken }),
      ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      // Grant Management for OAuth 2.0 §5: what the client names the grant by later.
      grant_id: grant.grantId,
    };
  }

  /** The access token of a user's grant for the API meant, or the opaque one when the grant names none. */
  private async accessTokenFor(
    client: AuthenticatedClient,
    subject: string,
    redemption: UserRedemption,
  ): Promise<AccessToken> {
    const { grant, scope, preparedOpaque, audience } = redemption;
    if (grant.audience.length === 0) {
      if (audience !== undefined) throw new OAuthError('invalid_target', 'the grant is for no API');
      return this.accessTokens.opaque(preparedOpaque, scope);
    }
    const identifier = audience ?? grant.audience[0];
    const api = grant.audience.includes(identifier as string) ? await this.apis.find(identifier as string) : undefined;
    if (api === undefined) throw new OAuthError('invalid_target', 'the grant is not for that API');
    return this.accessTokens.forGrant(grant, client, subject, api, scope, 'back');
  }
}

const responseOf = ({ value, expiresIn, scope }: AccessToken): TokenResponse => ({
  access_token: value,
  token_type: 'Bearer',
  expires_in: expiresIn,
  ...(scope.length > 0 ? { scope: scope.join(' ') } : {}),
});
