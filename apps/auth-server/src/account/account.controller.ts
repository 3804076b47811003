import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { AuditStore, SessionStore } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCOUNT_CLIENT_ID } from '../built-in.js';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { seeOther } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { required } from '../http/form-parameters.js';
import { readForm } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { CsrfTokens } from '../interaction/csrf-tokens.js';
import { asPage } from '../pages/as-page.js';
import { Pages } from '../pages/pages.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { ConnectedApplications } from './connected-applications.js';

/** A change that the page offers: made for the signed-in user, then the page is shown again. */
type Change = (signIn: SignIn, form: FormParameters) => Promise<string>;

/** The user's own page: connected applications and devices. */
@Controller(ENDPOINTS.account)
export class AccountController {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly sessionStore: SessionStore,
    private readonly applications: ConnectedApplications,
    private readonly csrf: CsrfTokens,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, () => this.page(request)));
  }

  /** Where our own sign-in returns to: the session is there now, the code is of no use to anybody. */
  @Get('callback')
  returned(@Res() reply: FastifyReply): void {
    sendAnswer(reply, seeOther(this.issuer.url('account')));
  }

  @Post('withdraw')
  async withdraw(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const change: Change = async ({ user }, form) => {
      await this.applications.withdraw(user.userId, required(form, 'client_id'), required(form, 'scope'));
      return 'grant.scope_withdrawn';
    };
    await this.change(request, reply, change);
  }

  @Post('disconnect')
  async disconnect(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const change: Change = async ({ user }, form) => {
      await this.applications.disconnect(user.userId, required(form, 'client_id'));
      return 'application.disconnected';
    };
    await this.change(request, reply, change);
  }

  @Post('sign-out')
  async signOut(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const change: Change = async ({ user }, form) => {
      const sid = required(form, 'sid');
      const own = await this.sessionStore.ofUser(user.userId);
      if (!own.some((session) => session.sid === sid)) throw new OAuthError('not_found', 'there is no such session');
      await this.sessionStore.end(sid);
      return 'session.ended';
    };
    await this.change(request, reply, change);
  }

  private async page(request: FastifyRequest): Promise<Answer> {
    const signIn = await this.sessions.find(request, ACCOUNT_CLIENT_ID);
    if (signIn === undefined) return this.askToSignIn();
    const { user, session } = signIn;
    const devices = await this.sessionStore.ofUser(user.userId);
    return this.pages.render(200, 'account', {
      name: user.claims['name'] ?? user.email,
      email: user.email,
      csrf: this.csrf.issue(session.sid, 'account'),
      applications: (await this.applications.of(user.userId)).map((application) => ({
        ...application,
        since: dayOf(application.since),
        lastUsed: dayOf(application.lastUsed),
      })),
      devices: devices.map(({ sid, authTime, userAgent }) => ({
        sid,
        since: dayOf(authTime),
        agent: userAgent ?? 'Unknown device',
        current: sid === session.sid,
      })),
    });
  }

  private async change(request: FastifyRequest, reply: FastifyReply, change: Change): Promise<void> {
    const answer = await asPage(this.pages, async () => {
      const form = readForm(request);
      const signIn = await this.sessions.find(request, ACCOUNT_CLIENT_ID);
      if (signIn === undefined) return this.askToSignIn();
      this.csrf.check(request, form, signIn.session.sid, 'account');
      const type = await change(signIn, form);
      await this.audit.write([{ type, userId: signIn.user.userId }]);
      return seeOther(this.issuer.url('account'));
    });
    sendAnswer(reply, answer);
  }

  private askToSignIn(): Answer {
    const query = new URLSearchParams({
      client_id: ACCOUNT_CLIENT_ID,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: this.issuer.url('accountCallback'),
    });
    return seeOther(`${this.issuer.url('authorization')}?${query.toString()}`);
  }
}

/** A day as people read it; the zone is the server's, which is all that is known without script. */
const dayOf = (epochSeconds: number): string =>
  new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(
    epochSeconds * 1_000,
  );
