import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { AuditStore, UserStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { retryAfter } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { single } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { Interactions } from '../interaction/interactions.js';
import type { LoginContext } from '../interaction/login-methods/login-method.js';
import { LoginPage } from '../interaction/login-page.js';
import { Proofs } from '../interaction/proofs.js';
import { readEmailAddress } from '../mail/email-address.js';
import { MailThrottle } from '../mail/mail-throttle.js';
import { Mailer } from '../mail/mailer.js';
import type { MessageKey } from '../messages/index.js';
import { asPage } from '../pages/as-page.js';
import { Pages } from '../pages/pages.js';
import { PASSWORD_RESET } from '../passwords/password-change.js';

const LIFETIME_SECONDS = 1_800;

/** "Forgot password?": takes an address and says the same whatever it is. */
@Controller(ENDPOINTS.passwordReset)
export class PasswordResetController {
  constructor(
    private readonly users: UserStore,
    private readonly proofs: Proofs,
    private readonly mailThrottle: MailThrottle,
    private readonly mailer: Mailer,
    private readonly audit: AuditStore,
    private readonly interactions: Interactions,
    private readonly loginPage: LoginPage,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const interaction = await this.interactions.require(request, readQuery(request));
      const context = await this.loginPage.contextOf(request, interaction);
      this.requireOffered(context);
      return this.form(context, 200, interaction.parameters.loginHint ?? '');
    });
    sendAnswer(reply, answer);
  }

  @Post()
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.send(request)));
  }

  private async send(http: FastifyRequest): Promise<Answer> {
    const form = readForm(http);
    const context = await this.loginPage.contextOf(http, await this.interactions.requirePosted(http, form));
    this.requireOffered(context);
    const typed = single(form, 'email') ?? '';
    const email = readEmailAddress(typed);
    if (email === undefined) return this.form(context, 200, typed, 'email.invalid');
    const full = await this.mailThrottle.ask(http, email);
    if (full !== undefined)
      return retryAfter(this.form(context, 429, typed, 'login.throttled'), full.retryAfterSeconds);
    await this.mail(context, email);
    const back = this.backTo(context);
    return this.pages.render(200, 'password-reset-sent', { email, back }, { language: context.language });
  }

  /** The same work for an address that nobody has; its mail is written to nobody. */
  private async mail({ interaction, language }: LoginContext, email: string): Promise<void> {
    const user = (await this.users.findByEmail(email))?.user;
    const token = await this.proofs.link({
      ...{ purpose: PASSWORD_RESET, email, lifetimeSeconds: LIFETIME_SECONDS },
      ...(user === undefined ? {} : { userId: user.userId }),
      detail: { interactionId: interaction.interactionId },
    });
    const who = user === undefined ? {} : { userId: user.userId };
    await this.audit.write([{ type: 'password_reset.asked', clientId: interaction.clientId, ...who }]);
    await this.mailer.send(user?.email, language, {
      subject: 'mail.password-reset.subject',
      text: 'mail.password-reset.text',
      values: {
        link: `${this.issuer.url('passwordReset')}/new?token=${token}`,
        minutes: LIFETIME_SECONDS / 60,
        email,
      },
      lifetimeSeconds: LIFETIME_SECONDS,
    });
  }

  private form(context: LoginContext, status: number, email: string, problem?: MessageKey): Answer {
    const { http, interaction, language } = context;
    return this.pages.render(
      status,
      'password-reset',
      {
        ...{ email, problem, back: this.backTo(context) },
        interaction: interaction.interactionId,
        csrf: this.interactions.csrfToken(http, interaction),
      },
      { language },
    );
  }

  private backTo({ interaction }: LoginContext): string {
    return `${this.issuer.url('login')}?interaction=${interaction.interactionId}`;
  }

  private requireOffered({ client }: LoginContext): void {
    const byPassword = this.loginPage.methodsFor(client).some(({ name }) => name === 'password');
    if (!byPassword || !this.mailer.reachesPeople) throw new OAuthError('not_found', 'there is no such page');
  }
}
