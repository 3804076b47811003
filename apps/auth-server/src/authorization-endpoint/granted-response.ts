import { randomText } from '../random-text.js';
import { Inject, Injectable } from '@nestjs/common';
import { ApiStore, GrantStore } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import { acrFor, checkGrantBounds, checkMergedReach, OAuthError } from '@tandem/protocol';
import type { AuthorizationRequest, Grant } from '@tandem/protocol';
import type { Answer } from '../http/answer.js';
import type { Language } from '../messages/index.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { Subjects } from '../token-issuance/subjects.js';
import { AuthorizationResponse } from './authorization-response.js';
import type { IssuedPart, IssuingContext, ResponsePart } from './response-types/response-part.js';

/** Injection token of the installed response parts, in the order in which they are issued. */
export const INSTALLED_PARTS = Symbol('ResponseParts');

/** How long a grant without offline access counts: as long as the sign-in it came from can last; seconds. */
const ONLINE_GRANT_SECONDS = 14 * 86_400;

/** Grants with offline access that one user may have given one client; the oldest give way. */
const OFFLINE_GRANTS_PER_CLIENT = 200;

/** Issues what a granted request asks for: the grant, its parts in order, and one response. */
@Injectable()
export class GrantedResponse {
  constructor(
    @Inject(INSTALLED_PARTS) private readonly parts: readonly ResponsePart[],
    private readonly grants: GrantStore,
    private readonly apis: ApiStore,
    private readonly subjects: Subjects,
    private readonly sessions: BrowserSessions,
    private readonly response: AuthorizationResponse,
  ) {}

  /** `interactionId`: the pending request that this answers; it ends with the answer. */
  async answer(
    request: AuthorizationRequest,
    { session, user }: SignIn,
    language: Language,
    interactionId?: string,
  ): Promise<Answer> {
    const { client, returnAddress, apis } = request;
    const { grant, isKnown } = await this.grantFor(request, session.sid, { session, user, consented: [] });
    const [api] = apis;
    const context: IssuingContext = {
      ...{ request, grant, session, user, issued: {} },
      subject: this.subjects.of(user.userId, client),
      ...(api === undefined ? {} : { api }),
    };
    const issued: IssuedPart[] = [];
    for (const part of this.parts) if (request.parts.includes(part.name)) issued.push(await part.issue(context));
    const { code } = issued.find((part) => part.code !== undefined) ?? {};
    const { opaque } = issued.find((part) => part.opaque !== undefined) ?? {};
    const lifetime = grant.scope.includes('offline_access')
      ? client.refreshToken.absoluteLifetimeSeconds
      : ONLINE_GRANT_SECONDS;
    // Kept before anything leaves: no client ever holds a code or token without its row.
    const kept = {
      ...(code === undefined ? {} : { code }),
      ...(opaque === undefined ? {} : { opaque }),
      ...(interactionId === undefined ? {} : { interactionId }),
    };
    if (!isKnown) await this.grants.keep(grant, lifetime, kept);
    else if (!(await this.grants.change(grant, lifetime, kept)))
      throw new OAuthError('invalid_grant_id', 'the grant has ended');
    if (grant.scope.includes('offline_access'))
      await this.grants.keepNewest(user.userId, client.clientId, OFFLINE_GRANTS_PER_CLIENT);
    const sessionState = grant.scope.includes('openid')
      ? { session_state: this.sessions.sessionState(client.clientId, returnAddress.redirectUri, session.sid) }
      : {};
    return this.response.send(
      returnAddress,
      Object.assign({}, ...issued.map(({ parameters }) => parameters), sessionState) as Record<string, string>,
      language,
    );
  }

  /** A new grant, or the one that grant management names with its scopes merged or replaced. */
  private async grantFor(
    request: AuthorizationRequest,
    sid: string,
    { session, user }: SignIn,
  ): Promise<{ readonly grant: Grant; readonly isKnown: boolean }> {
    const { client, claims, grantManagement } = request;
    const grant: Grant = {
      grantId: `gr_${randomText(16)}`,
      userId: user.userId,
      clientId: client.clientId,
      sid,
      scope: request.scope,
      audience: request.apis.map(({ identifier }) => identifier),
      authTime: session.authTime,
      acr: acrFor(session.acr, request.acr.names),
      amr: session.amr,
      ...(claims === undefined ? {} : { claims }),
    };
    if (grantManagement?.grantId === undefined) return { grant: checkGrantBounds(grant), isKnown: false };
    const existing = await this.grants.find(grantManagement.grantId);
    if (existing === undefined || existing.userId !== user.userId || existing.clientId !== client.clientId) {
      throw new OAuthError('invalid_grant_id', 'grant_id is not a grant of this user to this client');
    }
    const { grantId } = existing;
    if (grantManagement.action === 'replace') return { grant: checkGrantBounds({ ...grant, grantId }), isKnown: true };
    checkMergedReach({ scope: existing.scope, apis: await this.apis.findAll(existing.audience) }, request);
    const merge = (held: readonly string[], added: readonly string[]): readonly string[] => [
      ...new Set([...held, ...added]),
    ];
    const merged = {
      ...grant,
      grantId,
      scope: merge(existing.scope, grant.scope),
      audience: merge(existing.audience, grant.audience),
    };
    return { grant: checkGrantBounds(merged), isKnown: true };
  }
}
