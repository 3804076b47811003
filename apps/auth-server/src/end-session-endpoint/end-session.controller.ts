import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ClientStore } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { seeOther } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { encodeFormParameters, single } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { CsrfTokens } from '../interaction/csrf-tokens.js';
import { languageFor } from '../messages/index.js';
import { asPage } from '../pages/as-page.js';
import { nameOfUser } from '../pages/name-of-user.js';
import { Pages } from '../pages/pages.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { LogoutAnswers } from './logout-answers.js';
import { isProven, LogoutRequests, sessionMeant } from './logout-request.js';
import type { LogoutRequest } from './logout-request.js';

/** GET|POST /oidc/logout (OIDC RP-Initiated Logout) and GET /v2/logout (Auth0). */
@Controller()
export class EndSessionController {
  constructor(
    private readonly requests: LogoutRequests,
    private readonly answers: LogoutAnswers,
    private readonly sessions: BrowserSessions,
    private readonly clients: ClientStore,
    private readonly csrf: CsrfTokens,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
  ) {}

  @Get(ENDPOINTS.endSession)
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.begin(request, readQuery(request))));
  }

  /** A client's form comes without our cookie, so it becomes a GET; our own confirmation form ends the session. */
  @Post(ENDPOINTS.endSession)
  async post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const form = readForm(request);
      return form.has('confirm')
        ? this.confirmed(request, form)
        : seeOther(`${this.issuer.url('endSession')}?${encodeFormParameters(form)}`);
    });
    sendAnswer(reply, answer);
  }

  /** Auth0's logout: ends the session at once and goes to an allowed address of the client. */
  @Get(ENDPOINTS.auth0Logout)
  async auth0(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, () => this.auth0Logout(request, readQuery(request)));
    sendAnswer(reply, answer);
  }

  private async auth0Logout(request: FastifyRequest, form: FormParameters): Promise<Answer> {
    const clientId = single(form, 'client_id');
    const returnTo = single(form, 'returnTo');
    if (clientId === undefined && returnTo !== undefined)
      throw new OAuthError('invalid_request', 'returnTo needs a client_id');
    const allowed = clientId === undefined ? [] : (await this.clients.find(clientId))?.postLogoutRedirectUris;
    if (allowed === undefined) throw new OAuthError('invalid_request', 'client_id is not known here');
    if (returnTo !== undefined && !allowed.includes(returnTo))
      throw new OAuthError('invalid_request', 'returnTo is not an allowed logout URL of this client');
    const signIn = sessionMeant(await this.sessions.all(request, clientId ?? ''));
    return this.answers.endSessions(request, sidsOf(signIn), returnTo ?? allowed[0], languageFor(request));
  }

  private async begin(request: FastifyRequest, form: FormParameters): Promise<Answer> {
    const logout = await this.requests.read(form);
    const signIns = await this.sessions.all(request, logout.client?.clientId ?? '');
    const signIn = sessionMeant(signIns, logout.hintedSid);
    const language = languageFor(request, logout.uiLocales);
    // Without a session there is nothing to ask about; with a hint for it the client has proven that its user is meant.
    if (signIn === undefined || isProven(logout, signIn)) {
      return this.answers.endSessions(request, sidsOf(signIn), nextOf(logout), language);
    }
    const { user, session } = signIn;
    return this.pages.render(
      200,
      'logout',
      {
        user: nameOfUser(user),
        accounts: signIns.length,
        csrf: this.csrf.issue(session.sid, 'logout'),
        fields: logout.fields,
      },
      { language, formTargets: logout.returnTo === undefined ? [] : [new URL(logout.returnTo).origin] },
    );
  }

  private async confirmed(request: FastifyRequest, form: FormParameters): Promise<Answer> {
    const logout = await this.requests.read(form);
    const signIns = await this.sessions.all(request, logout.client?.clientId ?? '');
    const signIn = sessionMeant(signIns, logout.hintedSid);
    if (signIn !== undefined) this.csrf.check(request, form, signIn.session.sid, 'logout');
    const sids = single(form, 'confirm') === 'all' ? signIns.map(({ session }) => session.sid) : sidsOf(signIn);
    return this.answers.endSessions(request, sids, nextOf(logout), languageFor(request, logout.uiLocales));
  }
}

const sidsOf = (signIn: SignIn | undefined): readonly string[] => (signIn === undefined ? [] : [signIn.session.sid]);

/** Where to go afterwards: only to a registered address, and only when the session is over, by the user's word or a hint for it. */
function nextOf({ returnTo, state }: LogoutRequest): string | undefined {
  if (returnTo === undefined) return undefined;
  if (state === undefined) return returnTo;
  return `${returnTo}${returnTo.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`;
}
