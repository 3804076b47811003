import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { AuditStore } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCOUNT_CLIENT_ID } from '../built-in.js';
import { Clock } from '../clock.js';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { retryAfter, seeOther } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { readForm } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { CsrfTokens } from '../interaction/csrf-tokens.js';
import { languageFor } from '../messages/index.js';
import { asPage } from '../pages/as-page.js';
import { nameOfUser } from '../pages/name-of-user.js';
import { Pages } from '../pages/pages.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import type { AccountContext, AccountOutcome, AccountPart, AccountSection } from './account-section.js';

/** Injection token of the page's sections. */
export const SECTIONS = Symbol('AccountSections');

/** How long after a sign-in the changes that need a fresh one are made without asking again; seconds. */
const FRESH_SECONDS = 600;

/** The user's own page. It shows its sections and passes each form to the one that it belongs to. */
@Controller(ENDPOINTS.account)
export class AccountController {
  constructor(
    @Inject(SECTIONS) private readonly sections: readonly AccountSection[],
    private readonly sessions: BrowserSessions,
    private readonly csrf: CsrfTokens,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const context = await this.contextOf(request);
      return context === undefined ? this.askToSignIn() : this.page(context);
    });
    sendAnswer(reply, answer);
  }

  /** To the page of another account: the one that is chosen becomes the active one. */
  @Get('switch')
  switch(@Res() reply: FastifyReply): void {
    sendAnswer(reply, this.askToSignIn('select_account'));
  }

  /** Where our own sign-in returns to: the session is there now, the code is of no use to anybody. */
  @Get('callback')
  returned(@Res() reply: FastifyReply): void {
    sendAnswer(reply, seeOther(this.issuer.url('account')));
  }

  @Post(':action')
  async change(
    @Param('action') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.run(name, request)));
  }

  private async run(name: string, http: FastifyRequest): Promise<Answer> {
    const action = this.sections.flatMap(({ actions }) => (Object.hasOwn(actions, name) ? [actions[name]] : []))[0];
    if (action === undefined) throw new OAuthError('not_found', 'there is no such page');
    const form = readForm(http);
    const context = await this.contextOf(http);
    if (context === undefined) return this.askToSignIn();
    const { session, user } = context.signIn;
    this.csrf.check(http, form, session.sid, 'account');
    if (action.fresh === true && this.clock.now() - session.authTime > FRESH_SECONDS) return this.askToSignIn('login');
    const outcome = await action.run({ ...context, form });
    if (outcome.audit !== undefined) await this.audit.write([{ type: outcome.audit, userId: user.userId }]);
    const shown = outcome.part ?? outcome.notice ?? outcome.problem ?? outcome.retryAfterSeconds;
    if (shown === undefined) return seeOther(this.issuer.url('account'));
    // Asked for anew, since the change may be one of the user's own data.
    return this.page((await this.contextOf(http)) ?? context, outcome);
  }

  private async contextOf(http: FastifyRequest): Promise<AccountContext | undefined> {
    const signIn: SignIn | undefined = await this.sessions.find(http, ACCOUNT_CLIENT_ID);
    return signIn === undefined ? undefined : { http, signIn, language: languageFor(http) };
  }

  private async page(context: AccountContext, outcome: AccountOutcome = {}): Promise<Answer> {
    const { signIn, language } = context;
    const parts: readonly AccountPart[] = outcome.part === undefined ? await this.partsOf(context) : [outcome.part];
    const { retryAfterSeconds } = outcome;
    const answer = this.pages.render(
      retryAfterSeconds === undefined ? 200 : 429,
      'account',
      {
        name: nameOfUser(signIn.user),
        email: signIn.user.email,
        csrf: this.csrf.issue(signIn.session.sid, 'account'),
        parts,
        notice: outcome.notice,
        problem: outcome.problem ?? (retryAfterSeconds === undefined ? undefined : 'login.throttled'),
      },
      { language, scripts: parts.flatMap(({ script }) => (script === undefined ? [] : [script])) },
    );
    return retryAfterSeconds === undefined ? answer : retryAfter(answer, retryAfterSeconds);
  }

  private async partsOf(context: AccountContext): Promise<readonly AccountPart[]> {
    const parts = await Promise.all(this.sections.map((section) => section.part(context)));
    return parts.filter((part): part is AccountPart => part !== undefined);
  }

  private askToSignIn(prompt?: 'login' | 'select_account'): Answer {
    const query = new URLSearchParams({
      client_id: ACCOUNT_CLIENT_ID,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: this.issuer.url('accountCallback'),
      ...(prompt === undefined ? {} : { prompt }),
    });
    return seeOther(`${this.issuer.url('authorization')}?${query.toString()}`);
  }
}
