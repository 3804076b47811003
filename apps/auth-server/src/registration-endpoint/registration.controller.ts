import { timingSafeEqual } from 'node:crypto';
import { Controller, Delete, Get, Inject, Post, Put, Req, Res } from '@nestjs/common';
import { ClientStore, InitialAccessTokenStore } from '@tandem/persistence';
import { OAuthError, storedHash } from '@tandem/protocol';
import type { Client } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { ENDPOINTS } from '../endpoints.js';
import { json, NO_STORE } from '../http/answer.js';
import { mediaTypeOf } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { isOpaqueValue } from '../token-issuance/opaque-value.js';
import { DECLARED } from '../tokens.js';
import { ClientRegistration } from './client-registration.js';

const BEARER = /^bearer +([\x21-\x7E]+)$/i;

/** POST /oidc/register, and GET|PUT|DELETE of what was registered, with its token. */
@Controller(ENDPOINTS.registration)
export class RegistrationController {
  constructor(
    private readonly registration: ClientRegistration,
    private readonly clients: ClientStore,
    private readonly initialAccessTokens: InitialAccessTokenStore,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  @Post()
  async register(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.admit(request);
    sendAnswer(reply, json(201, await this.registration.register(bodyOf(request))));
  }

  @Get(':clientId')
  async read(
    @Req() request: FastifyRequest<{ Params: { clientId: string } }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { client, token } = await this.owner(request);
    sendAnswer(reply, json(200, this.registration.read(client, token)));
  }

  @Put(':clientId')
  async update(
    @Req() request: FastifyRequest<{ Params: { clientId: string } }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { client } = await this.owner(request);
    sendAnswer(reply, json(200, await this.registration.update(client, bodyOf(request))));
  }

  @Delete(':clientId')
  async remove(
    @Req() request: FastifyRequest<{ Params: { clientId: string } }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { client } = await this.owner(request);
    await this.registration.remove(client);
    sendAnswer(reply, { status: 204, headers: NO_STORE });
  }

  /** Open registration only by configuration; else an initial access token that has a use left. */
  private async admit(request: FastifyRequest): Promise<void> {
    const token = tokenOf(request);
    const { open } = this.declared.registration;
    if (token === undefined && open) return;
    if (token === undefined || !(await this.initialAccessTokens.use(storedHash(token))))
      throw new OAuthError('invalid_token', 'registration needs a valid initial access token');
  }

  /** RFC 7592 §3: the same answer for a wrong token, another client's and a client that is gone. */
  private async owner(
    request: FastifyRequest<{ Params: { clientId: string } }>,
  ): Promise<{ readonly client: Client; readonly token: string }> {
    const token = tokenOf(request);
    const { clientId } = request.params;
    const client = await this.clients.find(clientId);
    const held =
      client === undefined || client.disabledAt !== undefined
        ? undefined
        : await this.clients.registrationTokenHash(clientId);
    const genuine =
      token !== undefined &&
      isOpaqueValue('registrationToken', token) &&
      held !== undefined &&
      timingSafeEqual(storedHash(token), held);
    if (!genuine || client === undefined)
      throw new OAuthError('invalid_token', 'the registration access token is not valid for this client');
    return { client, token };
  }
}

const tokenOf = (request: FastifyRequest): string | undefined => BEARER.exec(request.headers.authorization ?? '')?.[1];

function bodyOf(request: FastifyRequest): unknown {
  if (mediaTypeOf(request) !== 'application/json')
    throw new OAuthError('invalid_client_metadata', 'the body must be application/json', { status: 415 });
  return request.body;
}
