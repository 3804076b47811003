import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { OAuthError } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientAuthenticator } from '../client-authentication/client-authenticator.js';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { json } from '../http/answer.js';
import { required } from '../http/form-parameters.js';
import { readFormOrJson } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { TokenIssuer } from '../token-issuance/token-issuer.js';
import type { GrantType } from './grant-types/grant-type.js';

/** Injection token of the installed grant types, in the order of their list. */
export const INSTALLED_GRANT_TYPES = Symbol('GrantTypes');

/** POST /oauth/token (RFC 6749 §3.2, OIDC Core §3.1.3). */
@Controller()
export class TokenController {
  private readonly byName: ReadonlyMap<string, GrantType>;

  constructor(
    @Inject(INSTALLED_GRANT_TYPES) grantTypes: readonly GrantType[],
    private readonly authenticator: ClientAuthenticator,
    private readonly issuer: TokenIssuer,
    private readonly address: Issuer,
  ) {
    this.byName = new Map(grantTypes.map((grantType) => [grantType.name, grantType]));
  }

  @Post(ENDPOINTS.token)
  async token(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = readFormOrJson(request);
    const grantType = this.byName.get(required(form, 'grant_type'));
    const client = await this.authenticator.authenticate({
      authorization: request.headers.authorization,
      form,
      endpointUrl: this.address.url('token'),
    });
    if (grantType === undefined) throw new OAuthError('unsupported_grant_type', 'the grant type is not supported');
    if (!client.grantTypes.includes(grantType.name))
      throw new OAuthError('unauthorized_client', 'the client is not registered for this grant type');
    const redemption = await grantType.redeem(client, form);
    sendAnswer(reply, json(200, await this.issuer.issue(client, redemption)));
  }
}
