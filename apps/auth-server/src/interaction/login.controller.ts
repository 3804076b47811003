import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { AuditStore, InteractionStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../endpoints.js';
import { retryAfter, seeOther } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { single } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { asPage } from '../pages/as-page.js';
import { Pages } from '../pages/pages.js';
import { Interactions } from './interactions.js';
import { LoginCompletion } from './login-completion.js';
import { LoginPage } from './login-page.js';
import { LoginThrottle } from './login-throttle.js';
import type { LoginAttempt, LoginOutcome } from './login-methods/login-method.js';

/** What the form sends instead of a method's name to begin anew. */
const ANOTHER_WAY = 'another-way';

/** The login page of a pending request. It ends by returning to /authorize. */
@Controller(ENDPOINTS.login)
export class LoginController {
  constructor(
    private readonly page: LoginPage,
    private readonly completion: LoginCompletion,
    private readonly interactions: Interactions,
    private readonly interactionStore: InteractionStore,
    private readonly throttle: LoginThrottle,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const interaction = await this.interactions.require(request, readQuery(request));
      return this.page.render(await this.page.contextOf(request, interaction));
    });
    sendAnswer(reply, answer);
  }

  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.authenticate(request)));
  }

  private async authenticate(http: FastifyRequest): Promise<Answer> {
    const form = readForm(http);
    const interaction = await this.interactions.requirePosted(http, form);
    const context = await this.page.contextOf(http, interaction);
    const name = single(form, 'method') ?? 'password';
    if (name === ANOTHER_WAY) {
      await this.interactionStore.restartLogin(interaction.interactionId);
      return this.interactions.pageOf('login', interaction);
    }
    const method = this.page.methodsFor(context.client).find((candidate) => candidate.name === name);
    if (method === undefined) throw new OAuthError('invalid_request', 'this way to sign in is not offered');
    const attempt = { ...context, form };
    const outcome = (await this.throttle.held(http)) ?? (await method.authenticate(attempt));
    if (outcome.outcome === 'authenticated')
      return this.completion.complete(http, interaction, method.name, outcome.authentication);
    return this.answer(attempt, method.name, outcome);
  }

  private async answer(
    attempt: LoginAttempt,
    method: string,
    outcome: Exclude<LoginOutcome, { outcome: 'authenticated' }>,
  ): Promise<Answer> {
    if (outcome.outcome === 'leaves') return seeOther(outcome.location);
    if (outcome.outcome === 'asks') return this.interactions.pageOf('login', attempt.interaction);
    const { clientId } = attempt.interaction;
    await this.audit.write([{ type: `login.${outcome.outcome}`, clientId, detail: { method } }]);
    const entered = single(attempt.form, 'username');
    const typed = { tried: method, ...(entered === undefined ? {} : { username: entered }) };
    if (outcome.outcome === 'refused')
      return this.page.render(attempt, { problem: outcome.problem ?? 'login.refused', ...typed });
    if (outcome.outcome === 'unavailable')
      return this.page.render(attempt, { status: 503, problem: outcome.problem, ...typed });
    const page = await this.page.render(attempt, { status: 429, problem: 'login.throttled', ...typed });
    return retryAfter(page, outcome.retryAfterSeconds);
  }
}
