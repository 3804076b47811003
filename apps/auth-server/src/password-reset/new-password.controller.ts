import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { AuditStore, emailKey, UserStore } from '@tandem/persistence';
import type { Proof } from '@tandem/persistence';
import type { User } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import type { Answer } from '../http/answer.js';
import { required, single } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { MailedLinks } from '../interaction/mailed-links.js';
import { Interactions } from '../interaction/interactions.js';
import { LoginThrottle } from '../interaction/login-throttle.js';
import { Proofs } from '../interaction/proofs.js';
import { languageFor } from '../messages/index.js';
import type { MessageKey } from '../messages/index.js';
import { asPage } from '../pages/as-page.js';
import { Pages } from '../pages/pages.js';
import { PASSWORD_RESET, PasswordChange } from '../passwords/password-change.js';
import { PasswordRules } from '../passwords/password-rules.js';

/**
 * Where the link of a reset mail leads: to a new password, or, for people who know theirs and were only held up by too many
 * attempts, straight to the end of the waiting. Opening it changes nothing; sending the form spends it.
 */
@Controller(`${ENDPOINTS.passwordReset}/new`)
export class NewPasswordController {
  constructor(
    private readonly users: UserStore,
    private readonly proofs: Proofs,
    private readonly rules: PasswordRules,
    private readonly change: PasswordChange,
    private readonly throttle: LoginThrottle,
    private readonly audit: AuditStore,
    private readonly links: MailedLinks,
    private readonly interactions: Interactions,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const token = required(readQuery(request), 'token');
      const user = await this.userOf(await this.proofs.peek(PASSWORD_RESET, token));
      return user === undefined ? this.links.ended(request) : this.form(request, token, user);
    });
    sendAnswer(reply, answer);
  }

  @Post()
  async set(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.spend(request)));
  }

  private async spend(http: FastifyRequest): Promise<Answer> {
    const form = readForm(http);
    const token = required(form, 'token');
    this.links.check(http, form, token);
    const user = await this.userOf(await this.proofs.peek(PASSWORD_RESET, token));
    if (user === undefined) return this.links.ended(http);
    const unlocks = single(form, 'unlock') !== undefined;
    const password = single(form, 'password') ?? '';
    const problem = unlocks ? undefined : await this.rules.problemOf(password, user.email);
    if (problem !== undefined) return this.form(http, token, user, problem);
    const proof = await this.proofs.take(PASSWORD_RESET, token);
    if (proof === undefined) return this.links.ended(http);
    // The mailbox was reached, whatever else happens.
    await this.users.verifyEmail(user.userId, user.email);
    if (unlocks) await this.throttle.succeeded(user.emailKey);
    else await this.change.make(user, password, languageFor(http));
    await this.audit.write([{ type: unlocks ? 'user.unlocked' : 'password.reset', userId: user.userId }]);
    return this.done(http, unlocks, String(proof.detail['interactionId']));
  }

  /** The user whom a proof is about, while the address is still theirs. */
  private async userOf(proof: Proof | undefined): Promise<User | undefined> {
    const user = proof?.userId === undefined ? undefined : await this.users.find(proof.userId);
    return user !== undefined && user.emailKey === emailKey(proof?.email ?? '') ? user : undefined;
  }

  private form(http: FastifyRequest, token: string, { email }: User, problem?: MessageKey): Answer {
    const model = { token, email, problem, csrf: this.links.csrfToken(token) };
    return this.pages.render(200, 'new-password', model, { language: languageFor(http) });
  }

  /** Nobody is signed in by a link: whoever has read the mail still has to come in by the door. */
  private async done(http: FastifyRequest, unlocked: boolean, interactionId: string): Promise<Answer> {
    const interaction = await this.interactions.find(http, interactionId);
    const next =
      interaction === undefined
        ? this.issuer.url('account')
        : `${this.issuer.url('login')}?interaction=${interaction.interactionId}`;
    return this.pages.render(200, 'new-password-done', { next, unlocked }, { language: languageFor(http) });
  }
}
