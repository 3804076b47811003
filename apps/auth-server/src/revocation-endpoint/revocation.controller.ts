import { Controller, Post, Req, Res } from '@nestjs/common';
import { AccessTokenStore, GrantStore, RefreshTokenStore, RevocationStore } from '@tandem/persistence';
import { storedHash } from '@tandem/protocol';
import type { AuthenticatedClient } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientAuthenticator } from '../client-authentication/client-authenticator.js';
import { Clock } from '../clock.js';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { NO_STORE } from '../http/answer.js';
import { required } from '../http/form-parameters.js';
import { readFormOrJson } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { PresentedTokens } from '../presented-tokens/presented-tokens.js';
import { isOpaqueValue } from '../token-issuance/opaque-value.js';

/** POST /oauth/revoke (RFC 7009). The kind of a token is seen from its form, so the hint is never needed. */
@Controller()
export class RevocationController {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly tokens: PresentedTokens,
    private readonly grants: GrantStore,
    private readonly refreshTokens: RefreshTokenStore,
    private readonly accessTokens: AccessTokenStore,
    private readonly revocations: RevocationStore,
    private readonly address: Issuer,
    private readonly clock: Clock,
  ) {}

  @Post(ENDPOINTS.revocation)
  async revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = readFormOrJson(request);
    const token = required(form, 'token');
    const client = await this.authenticator.authenticate({
      authorization: request.headers.authorization,
      form,
      endpointUrl: this.address.url('revocation'),
    });
    await this.revokeIfOwn(token, client);
    // RFC 7009 §2.2: unknown and foreign tokens are answered alike; the body is empty and so has no type.
    sendAnswer(reply, { status: 200, headers: NO_STORE });
  }

  /** A refresh token takes its whole grant with it; an access token dies alone. */
  private async revokeIfOwn(token: string, client: AuthenticatedClient): Promise<void> {
    if (isOpaqueValue('refreshToken', token)) {
      const owner = await this.refreshTokens.owner(storedHash(token));
      if (owner?.clientId === client.clientId) await this.grants.revoke(owner.grantId, 'token_revoked');
    } else if (isOpaqueValue('accessToken', token)) {
      const owner = await this.accessTokens.ownerOfOpaque(storedHash(token));
      if (owner?.clientId === client.clientId) await this.accessTokens.revokeOpaque(storedHash(token));
    } else {
      const claims = this.tokens.verify(token);
      if (claims?.['client_id'] === client.clientId)
        await this.revocations.revokeToken(claims?.jti as string, claims?.exp as number, this.clock.now());
    }
  }
}
