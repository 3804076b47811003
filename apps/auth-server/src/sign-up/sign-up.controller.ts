import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { InteractionStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { ENDPOINTS } from '../endpoints.js';
import { retryAfter } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { single } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { Interactions } from '../interaction/interactions.js';
import { LoginCompletion } from '../interaction/login-completion.js';
import type { LoginContext } from '../interaction/login-methods/login-method.js';
import { LoginPage } from '../interaction/login-page.js';
import { asPage } from '../pages/as-page.js';
import { Pages } from '../pages/pages.js';
import { DECLARED } from '../tokens.js';
import { SignUpPage } from './sign-up-page.js';
import { SIGN_UP, SignUp } from './sign-up.js';
import type { SignUpOutcome } from './sign-up.js';

/** The sign-up page of a pending request: who, then the code, then back to /authorize. */
@Controller(ENDPOINTS.signUp)
export class SignUpController {
  constructor(
    private readonly signUp: SignUp,
    private readonly page: SignUpPage,
    private readonly loginPage: LoginPage,
    private readonly completion: LoginCompletion,
    private readonly interactions: Interactions,
    private readonly interactionStore: InteractionStore,
    private readonly pages: Pages,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      this.requireOffered();
      const interaction = await this.interactions.require(request, readQuery(request));
      return this.page.render(await this.loginPage.contextOf(request, interaction));
    });
    sendAnswer(reply, answer);
  }

  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.step(request)));
  }

  private async step(http: FastifyRequest): Promise<Answer> {
    this.requireOffered();
    const form = readForm(http);
    const interaction = await this.interactions.requirePosted(http, form);
    if (single(form, 'again') !== undefined) {
      await this.interactionStore.takeLoginState(interaction.interactionId, SIGN_UP);
      return this.interactions.pageOf('signUp', interaction);
    }
    const context = await this.loginPage.contextOf(http, interaction);
    return this.answer(context, form, await this.outcomeOf(context, form));
  }

  private outcomeOf(context: LoginContext, form: FormParameters): Promise<SignUpOutcome> {
    const wished = this.signUp.wishedIn(context);
    if (wished === undefined) return this.signUp.begin(context, form);
    if (single(form, 'resend') !== undefined) return this.signUp.resend(context, wished);
    return this.signUp.check(context, wished, single(form, 'code') ?? '');
  }

  private answer(context: LoginContext, form: FormParameters, result: SignUpOutcome): Answer | Promise<Answer> {
    const { http, interaction } = context;
    const typed = { email: single(form, 'email') ?? '', name: single(form, 'name') ?? '' };
    switch (result.outcome) {
      case 'added':
        return this.completion.complete(http, interaction, SIGN_UP, { userId: result.userId, amr: ['otp'] });
      case 'asks':
        return this.interactions.pageOf('signUp', interaction);
      case 'taken':
        return this.interactions.pageOf('login', interaction);
      case 'refused':
        return this.page.render(context, { ...typed, problem: result.problem });
      case 'throttled':
        return retryAfter(
          this.page.render(context, { ...typed, status: 429, problem: 'login.throttled' }),
          result.retryAfterSeconds,
        );
    }
  }

  private requireOffered(): void {
    if (!this.declared.login.signUp) throw new OAuthError('not_found', 'there is no such page');
  }
}
