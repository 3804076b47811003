import { Injectable } from '@nestjs/common';
import { CodeStore, GrantStore } from '@tandem/persistence';
import { checkAuthorizationCode, OAuthError, storedHash } from '@tandem/protocol';
import type { AuthenticatedClient, FormParameters } from '@tandem/protocol';
import { required, single } from '../../http/form-parameters.js';
import { AccessTokens } from '../../token-issuance/access-token.js';
import { isOpaqueValue } from '../../token-issuance/opaque-value.js';
import { RefreshTokens } from '../../token-issuance/refresh-token.js';
import type { UserRedemption } from '../../token-issuance/token-issuer.js';
import type { GrantType } from './grant-type.js';
import { requestedAudience } from './requested-audience.js';

/**
 * Redeems an authorization code (RFC 6749 §4.1.3, OIDC Core §3.1.3):
 *
 *     fresh ──taken by its client──▶ redeemed
 *       │                              └──again──▶ refused, and everything issued from it is revoked
 *       └──wrong redirect_uri or verifier──▶ burnt, its grant revoked
 */
@Injectable()
export class AuthorizationCodeGrant implements GrantType {
  static readonly wireName = 'authorization_code';
  readonly name = AuthorizationCodeGrant.wireName;

  constructor(
    private readonly codes: CodeStore,
    private readonly grants: GrantStore,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  async redeem(client: AuthenticatedClient, form: FormParameters): Promise<UserRedemption> {
    const code = required(form, 'code');
    const redirectUri = single(form, 'redirect_uri');
    const codeVerifier = single(form, 'code_verifier');
    const audience = requestedAudience(form);
    if (!isOpaqueValue('code', code)) throw unknownCode();
    const refreshToken = this.refreshTokens.first();
    const preparedOpaque = this.accessTokens.prepareOpaque('back');
    const taking = await this.codes.take(storedHash(code), client.clientId, {
      refreshTokenHash: refreshToken.tokenHash,
      refreshIdleSeconds: client.refreshToken.idleLifetimeSeconds,
      refreshAbsoluteSeconds: client.refreshToken.absoluteLifetimeSeconds,
      accessTokenHash: preparedOpaque.tokenHash,
      accessTokenJti: preparedOpaque.jti,
      accessTokenSeconds: preparedOpaque.lifetimeSeconds,
    });
    if (taking.outcome === 'replayed') {
      // Committed before the answer leaves, so that the refusal can't undo it.
      await this.grants.revoke(taking.grantId, 'code_replayed');
      throw unknownCode();
    }
    if (taking.outcome === 'unknown') throw unknownCode();
    const { grant, user } = taking;
    await this.checkProof(
      () =>
        checkAuthorizationCode(taking.code, {
          ...(redirectUri === undefined ? {} : { redirectUri }),
          ...(codeVerifier === undefined ? {} : { codeVerifier }),
        }),
      grant.grantId,
    );
    return {
      ...{ kind: 'user', grant, user, scope: grant.scope, preparedOpaque, code },
      ...(audience === undefined ? {} : { audience }),
      ...(taking.code.nonce === undefined ? {} : { nonce: taking.code.nonce }),
      ...(grant.scope.includes('offline_access') ? { refreshToken: refreshToken.value } : {}),
    };
  }

  /** A wrong proof by the right client burns the code: whoever holds it gets no second guess. */
  private async checkProof(check: () => void, grantId: string): Promise<void> {
    try {
      check();
    } catch (error) {
      await this.grants.revoke(grantId, 'wrong_proof');
      throw error;
    }
  }
}

const unknownCode = (): OAuthError =>
  new OAuthError('invalid_grant', 'the code is unknown, expired, used or not for this client');
