import { encryptToken, TokenSigner } from '@tandem/jwt';
import type { EncryptionAlg, EncryptionEnc } from '@tandem/jwt';
import { Clock } from '../clock.js';
import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ClientStore } from '@tandem/persistence';
import type { LiveToken } from '@tandem/persistence';
import { claimsOfRequest, claimsOfScopes, OAuthError } from '@tandem/protocol';
import type { Client } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientKeys } from '../client-authentication/client-keys.js';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { json, NO_STORE } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { sendAnswer } from '../http/send-answer.js';
import { readBearerToken } from '../presented-tokens/bearer-token.js';
import { PresentedTokens } from '../presented-tokens/presented-tokens.js';
import type { LiveAccessToken } from '../presented-tokens/presented-tokens.js';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import { Subjects } from '../token-issuance/subjects.js';

/** GET|POST /userinfo (OIDC Core §5.3). */
@Controller()
export class UserinfoController {
  constructor(
    private readonly tokens: PresentedTokens,
    private readonly clients: ClientStore,
    private readonly clientKeys: ClientKeys,
    private readonly subjects: Subjects,
    private readonly signer: TokenSigner,
    private readonly keys: SigningKeys,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  @Get(ENDPOINTS.userinfo)
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await this.answer(request));
  }

  @Post(ENDPOINTS.userinfo)
  async post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await this.answer(request));
  }

  private async answer(request: FastifyRequest): Promise<Answer> {
    const presented = readBearerToken(request);
    // RFC 6750 §3.1: without credentials the challenge carries no error.
    if (presented === undefined)
      return { status: 401, headers: { ...NO_STORE, 'www-authenticate': 'Bearer realm="tandem"' } };
    const token = await this.tokens.find(presented);
    if (token === undefined || !token.audience.includes(this.issuer.url('userinfo')))
      throw new OAuthError('invalid_token', 'the access token is not valid here');
    if (token.family === undefined || !token.scope.includes('openid'))
      throw new OAuthError('insufficient_scope', 'the access token lacks the scope openid');
    const client = await this.clients.find(token.clientId);
    if (client === undefined || client.disabledAt !== undefined)
      throw new OAuthError('invalid_token', 'the access token is not valid here');
    return this.encode(client, this.claims(token, token.family, client));
  }

  private claims(token: LiveAccessToken, { grant, user }: LiveToken, client: Client): Record<string, unknown> {
    return {
      ...claimsOfScopes(user, token.scope, grant.claims?.locales),
      ...claimsOfRequest(user, grant.claims, 'userinfo'),
      sub: this.subjects.of(user.userId, client),
    };
  }

  /** Plain JSON, or a JWT where the client registered an algorithm for it (OIDC Core §5.3.2). */
  private async encode(client: Client, claims: Record<string, unknown>): Promise<Answer> {
    const {
      userinfoSignedResponseAlg: signingAlg,
      userinfoEncryptedResponseAlg: alg,
      userinfoEncryptedResponseEnc: enc = 'A128CBC-HS256',
    } = client;
    if (signingAlg === undefined && alg === undefined) return json(200, claims);
    const signed =
      signingAlg === undefined
        ? undefined
        : this.signer.sign(
            'userinfo',
            { ...claims, iss: this.issuer.identifier, aud: client.clientId, iat: this.clock.now() },
            this.keys.active(signingAlg),
          );
    const body =
      alg === undefined
        ? (signed as string)
        : await this.encrypt(
            client,
            signed ?? JSON.stringify(claims),
            alg as EncryptionAlg,
            enc as EncryptionEnc,
            signed !== undefined,
          );
    return { status: 200, headers: { ...NO_STORE, 'content-type': 'application/jwt' }, body };
  }

  private async encrypt(
    client: Client,
    plain: string,
    alg: EncryptionAlg,
    enc: EncryptionEnc,
    nested: boolean,
  ): Promise<string> {
    const jwk = await this.clientKeys.forEncryption(client, alg);
    if (jwk === undefined) throw new OAuthError('invalid_request', 'the client has no key to encrypt to');
    return encryptToken(plain, { alg, enc, jwk, ...(nested ? { contentType: 'JWT' } : {}) });
  }
}
