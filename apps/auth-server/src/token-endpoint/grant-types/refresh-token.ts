import { Injectable } from '@nestjs/common';
import { GrantStore, RefreshTokenStore } from '@tandem/persistence';
import { isSubset, OAuthError, storedHash, words } from '@tandem/protocol';
import type { AuthenticatedClient, FormParameters, Grant } from '@tandem/protocol';
import { required, single } from '../../http/form-parameters.js';
import { AccessTokens } from '../../token-issuance/access-token.js';
import { isOpaqueValue } from '../../token-issuance/opaque-value.js';
import { RefreshTokens } from '../../token-issuance/refresh-token.js';
import type { UserRedemption } from '../../token-issuance/token-issuer.js';
import type { GrantType } from './grant-type.js';
import { requestedAudience } from './requested-audience.js';

/**
 * Rotates a refresh token (RFC 6749 §6, RFC 9700 §4.14):
 *
 *     live ──used──▶ rotated ──again within the leeway, successor unused──▶ the same successor
 *                       └──again otherwise──▶ refused, the family revoked
 */
@Injectable()
export class RefreshTokenGrant implements GrantType {
  static readonly wireName = 'refresh_token';
  readonly name = RefreshTokenGrant.wireName;

  constructor(
    private readonly tokens: RefreshTokenStore,
    private readonly grants: GrantStore,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  async redeem(client: AuthenticatedClient, form: FormParameters): Promise<UserRedemption> {
    const presented = required(form, 'refresh_token');
    const asked = single(form, 'scope');
    const audience = requestedAudience(form);
    if (!isOpaqueValue('refreshToken', presented)) throw unknownToken();
    const successor = this.refreshTokens.successorOf(presented);
    const preparedOpaque = this.accessTokens.prepareOpaque('back');
    const refusal = await this.refuseMoreThanGranted(presented, client, asked, audience);
    const rotation = await this.tokens.rotate(storedHash(presented), client.clientId, {
      tokenHash: successor.tokenHash,
      idleSeconds: client.refreshToken.idleLifetimeSeconds,
      leewaySeconds: client.refreshToken.leewaySeconds,
      accessTokenHash: preparedOpaque.tokenHash,
      accessTokenJti: preparedOpaque.jti,
      accessTokenSeconds: preparedOpaque.lifetimeSeconds,
      ...(asked === undefined ? {} : { scope: words(asked) }),
    });
    if (rotation.outcome === 'reused') {
      await this.grants.revoke(rotation.grantId, 'refresh_reused');
      throw unknownToken();
    }
    if (rotation.outcome === 'unknown') throw unknownToken();
    if (refusal !== undefined) throw refusal;
    const { grant, user } = rotation;
    return {
      ...{ kind: 'user', grant, user, preparedOpaque, refreshToken: successor.value },
      scope: asked === undefined ? grant.scope : grant.scope.filter((word) => words(asked).includes(word)),
      ...(audience === undefined ? {} : { audience }),
    };
  }

  /**
   * Looked at before the rotation, so that a refused request doesn't use the token up. Requests that name nothing skip it.
   *
   * @returns the refusal where the token was used already: whether that is a reuse is asked first, whatever else is wrong.
   */
  private async refuseMoreThanGranted(
    presented: string,
    client: AuthenticatedClient,
    asked: string | undefined,
    audience: string | undefined,
  ): Promise<OAuthError | undefined> {
    if (asked === undefined && audience === undefined) return undefined;
    const owner = await this.tokens.owner(storedHash(presented));
    if (owner === undefined || owner.clientId !== client.clientId) throw unknownToken();
    const grant = await this.grants.find(owner.grantId);
    if (grant === undefined) throw unknownToken();
    const refusal = refusalOf(grant, asked, audience);
    if (refusal !== undefined && !owner.isUsed) throw refusal;
    return refusal;
  }
}

function refusalOf(grant: Grant, asked: string | undefined, audience: string | undefined): OAuthError | undefined {
  if (!isSubset(words(asked), grant.scope))
    return new OAuthError('invalid_scope', 'the scope is wider than what was granted');
  if (audience !== undefined && !grant.audience.includes(audience))
    return new OAuthError('invalid_target', 'the grant is not for that API');
  return undefined;
}

const unknownToken = (): OAuthError =>
  new OAuthError('invalid_grant', 'the refresh token is unknown, expired, used or not for this client');
