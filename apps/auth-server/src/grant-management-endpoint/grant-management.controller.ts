import { Controller, Delete, Get, Post, Req, Res } from '@nestjs/common';
import { AuditStore, GrantStore } from '@tandem/persistence';
import { isSubset, OAuthError, words } from '@tandem/protocol';
import type { Grant } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { json, NO_STORE } from '../http/answer.js';
import { required } from '../http/form-parameters.js';
import { readForm } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { readBearerToken } from '../presented-tokens/bearer-token.js';
import { PresentedTokens } from '../presented-tokens/presented-tokens.js';
import type { LiveAccessToken } from '../presented-tokens/presented-tokens.js';

type GrantRequest = FastifyRequest<{ Params: { grantId: string } }>;

const QUERY = 'grant_management_query';
const REVOKE = 'grant_management_revoke';

/**
 * Grants as a resource (Grant Management for OAuth 2.0 §6). A client's own token reaches that client's grants; a user's
 * token reaches the grants that this user gave.
 */
@Controller(ENDPOINTS.grantManagement)
export class GrantManagementController {
  constructor(
    private readonly tokens: PresentedTokens,
    private readonly grants: GrantStore,
    private readonly audit: AuditStore,
    private readonly issuer: Issuer,
  ) {}

  /** All grants of the token's user. */
  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { family } = await this.admit(request, QUERY);
    if (family === undefined) throw new OAuthError('insufficient_scope', 'only a token of a user can list grants');
    const grants = await this.grants.ofUser(family.user.userId);
    const encoded = grants.map((grant) => ({
      ...encode(grant),
      created_at: grant.createdAt,
      ...(grant.lastUsedAt === undefined ? {} : { last_used_at: grant.lastUsedAt }),
    }));
    sendAnswer(reply, json(200, { grants: encoded }));
  }

  @Get(':grantId')
  async read(@Req() request: GrantRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, json(200, encode(await this.find(request, await this.admit(request, QUERY)))));
  }

  @Delete(':grantId')
  async revoke(@Req() request: GrantRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = await this.admit(request, REVOKE);
    const { grantId, clientId, userId } = await this.find(request, token);
    await this.grants.revoke(grantId, token.family === undefined ? 'client_withdrew' : 'user_withdrew');
    await this.audit.write([{ type: 'grant.revoked', clientId, userId, detail: { grantId } }]);
    sendAnswer(reply, { status: 204, headers: NO_STORE });
  }

  /** Takes single scopes out of a grant: `scope` in a form body. */
  @Post(':grantId/withdraw')
  async withdraw(@Req() request: GrantRequest, @Res() reply: FastifyReply): Promise<void> {
    const grant = await this.find(request, await this.admit(request, REVOKE));
    const scope = words(required(readForm(request), 'scope'));
    if (!isSubset(scope, grant.scope)) throw new OAuthError('invalid_scope', 'the grant does not have that scope');
    const left = await this.grants.withdrawScope(grant.grantId, scope);
    await this.audit.write([
      {
        type: 'grant.scope_withdrawn',
        clientId: grant.clientId,
        userId: grant.userId,
        detail: { grantId: grant.grantId },
      },
    ]);
    sendAnswer(reply, json(200, encode({ ...grant, scope: left ?? grant.scope })));
  }

  private async admit(request: FastifyRequest, scope: string): Promise<LiveAccessToken> {
    const presented = readBearerToken(request);
    const token = presented === undefined ? undefined : await this.tokens.find(presented);
    if (token === undefined || !token.audience.includes(this.issuer.url('grantManagement')))
      throw new OAuthError('invalid_token', 'the access token is not valid here');
    if (!token.scope.includes(scope))
      throw new OAuthError('insufficient_scope', `the access token lacks the scope ${scope}`);
    return token;
  }

  /** A grant that doesn't concern the caller is answered like one that isn't there. */
  private async find(request: GrantRequest, token: LiveAccessToken): Promise<Grant> {
    const grant = await this.grants.find(request.params.grantId);
    const own =
      token.family === undefined ? grant?.clientId === token.clientId : grant?.userId === token.family.user.userId;
    if (grant === undefined || !own) throw new OAuthError('not_found', 'there is no such grant');
    return grant;
  }
}

/** Grant Management §6.3; the user's claims that were asked for are named, not told. */
const encode = ({ grantId, clientId, scope, audience, claims }: Grant): Record<string, unknown> => ({
  grant_id: grantId,
  client_id: clientId,
  scopes: [{ scope: scope.join(' '), ...(audience.length > 0 ? { resource: audience } : {}) }],
  claims: [...new Set([...Object.keys(claims?.userinfo ?? {}), ...Object.keys(claims?.idToken ?? {})])],
});
