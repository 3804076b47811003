import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { AuditStore } from '@tandem/persistence';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../endpoints.js';
import { retryAfter, withHeaders } from '../../http/answer.js';
import type { Answer } from '../../http/answer.js';
import { single } from '../../http/form-parameters.js';
import { readForm, readQuery } from '../../http/read-request.js';
import { sendAnswer } from '../../http/send-answer.js';
import { asPage } from '../../pages/as-page.js';
import { Pages } from '../../pages/pages.js';
import { Interactions } from '../interactions.js';
import { LoginCompletion } from '../login-completion.js';
import { SecondFactorEnrolment } from './enrolment.js';
import { SecondFactorPage } from './second-factor-page.js';
import type { HalfSignIn } from './second-factor-page.js';
import { SecondFactors } from './second-factors.js';

/** The second half of a sign-in. It ends by returning to /authorize, as it does at once when there is no first half. */
@Controller(ENDPOINTS.secondFactor)
export class SecondFactorController {
  constructor(
    private readonly page: SecondFactorPage,
    private readonly secondFactors: SecondFactors,
    private readonly enrolment: SecondFactorEnrolment,
    private readonly completion: LoginCompletion,
    private readonly interactions: Interactions,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const interaction = await this.interactions.require(request, readQuery(request));
      const half = await this.page.find(request, interaction);
      return half === undefined ? this.interactions.resume(interaction) : this.page.render(half);
    });
    sendAnswer(reply, answer);
  }

  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const form = readForm(request);
      const interaction = await this.interactions.requirePosted(request, form);
      const half = await this.page.find(request, interaction);
      if (half === undefined) return this.interactions.resume(interaction);
      return half.factors.length === 0 ? this.setUp(half, form) : this.verify(half, form);
    });
    sendAnswer(reply, answer);
  }

  private async verify(half: HalfSignIn, form: FormParameters): Promise<Answer> {
    const outcome = await this.secondFactors.verify(half.http, half.user, form);
    const tried = single(form, 'method');
    if (outcome.outcome === 'refused') return this.page.render(half, 200, 'factor.refused', tried);
    if (outcome.outcome === 'throttled') {
      const page = this.page.render(half, 429, 'login.throttled', tried);
      return retryAfter(page, outcome.retryAfterSeconds);
    }
    const { headers, next } = await this.completion.finish(half, outcome.factor, outcome.amr);
    return withHeaders(next, headers);
  }

  private async setUp(half: HalfSignIn, form: FormParameters): Promise<Answer> {
    const { user, language, interaction } = half;
    const enrolment = await this.enrolment.confirm(user, form, language);
    if (enrolment.outcome === 'refused') return this.page.renderSetUp(half, enrolment.setUp, 'factor.refused');
    await this.audit.write([{ type: 'second_factor.enrolled', userId: user.userId, clientId: interaction.clientId }]);
    const { headers } = await this.completion.finish(half, 'totp', ['otp', 'mfa']);
    return withHeaders(this.page.renderRecoveryCodes(half, enrolment.recoveryCodes), headers);
  }
}
