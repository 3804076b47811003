import { TokenSigner } from '@tandem/jwt';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { RevocationStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { AuthenticatedClient, FormParameters } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientAuthenticator } from '../client-authentication/client-authenticator.js';
import { Clock } from '../clock.js';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import type { EndpointName } from '../endpoints.js';
import { json, NO_STORE } from '../http/answer.js';
import { required, single } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import { Introspection } from './introspection.js';

/** Entries a page; a page stays far below what one message may carry. */
export const REVOCATION_PAGE_SIZE = 1_000;
const JWT_ANSWER = 'application/token-introspection+jwt';

/** POST /oauth/introspect (RFC 7662, RFC 9701), and the snapshot of revocations that resource servers start from. */
@Controller()
export class IntrospectionController {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly introspection: Introspection,
    private readonly revocations: RevocationStore,
    private readonly signer: TokenSigner,
    private readonly keys: SigningKeys,
    private readonly address: Issuer,
    private readonly clock: Clock,
  ) {}

  @Post(ENDPOINTS.introspection)
  async introspect(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const form = readForm(request);
    const token = required(form, 'token');
    const client = await this.authenticate(request, form, 'introspection');
    const { clientId, introspectionAudience: audience } = client;
    const answer = await this.introspection.introspect(token, {
      clientId,
      ...(audience === undefined ? {} : { audience }),
    });
    const asJwt = (request.headers.accept ?? '').includes(JWT_ANSWER);
    if (!asJwt) return sendAnswer(reply, json(200, answer));
    const signed = this.signer.sign(
      'introspection',
      { iss: this.address.identifier, aud: clientId, iat: this.clock.now(), token_introspection: answer },
      this.keys.active(client.introspectionSignedResponseAlg ?? 'RS256'),
    );
    sendAnswer(reply, { status: 200, headers: { ...NO_STORE, 'content-type': JWT_ANSWER }, body: signed });
  }

  /** GET, so that an API can page through it; only for clients that are an API. */
  @Get(ENDPOINTS.revocations)
  async snapshot(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const client = await this.authenticate(request, new Map(), 'revocations');
    if (client.introspectionAudience === undefined)
      throw new OAuthError('unauthorized_client', 'this client is not an API', { status: 403 });
    sendAnswer(
      reply,
      json(200, await this.revocations.page(single(readQuery(request), 'after'), REVOCATION_PAGE_SIZE)),
    );
  }

  /** A public client proves nothing, so it may ask nothing. */
  private async authenticate(
    request: FastifyRequest,
    form: FormParameters,
    endpoint: EndpointName,
  ): Promise<AuthenticatedClient> {
    const client = await this.authenticator.authenticate({
      authorization: request.headers.authorization,
      form,
      endpointUrl: this.address.url(endpoint),
    });
    if (client.tokenEndpointAuthMethod === 'none')
      throw new OAuthError('invalid_client', 'client authentication failed');
    return client;
  }
}
