import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { AuditStore, InteractionStore } from '@tandem/persistence';
import { ANOTHER_ACCOUNT } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../endpoints.js';
import { withHeaders } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { required } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { asPage } from '../pages/as-page.js';
import { nameOfUser } from '../pages/name-of-user.js';
import { Pages } from '../pages/pages.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { framedBy } from './client-presentation.js';
import { Interactions } from './interactions.js';
import { LoginPage } from './login-page.js';

/** The accounts of this browser, for the user to choose from. It ends by returning to /authorize. */
@Controller(ENDPOINTS.selectAccount)
export class SelectAccountController {
  constructor(
    private readonly interactions: Interactions,
    private readonly interactionStore: InteractionStore,
    private readonly sessions: BrowserSessions,
    private readonly login: LoginPage,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.page(request)));
  }

  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.choose(request)));
  }

  private async page(http: FastifyRequest): Promise<Answer> {
    const interaction = await this.interactions.require(http, readQuery(http));
    const context = await this.login.contextOf(http, interaction);
    const signIns = await this.sessions.all(http, interaction.clientId);
    // All of them have ended meanwhile: /authorize knows what is next.
    if (signIns.length === 0) return this.interactions.resume(interaction);
    const { client, needs } = framedBy(context);
    return this.pages.render(
      200,
      'select-account',
      {
        client,
        accounts: signIns.map(({ session, user }) => ({
          sid: session.sid,
          name: nameOfUser(user),
          email: user.email,
        })),
        interaction: interaction.interactionId,
        csrf: this.interactions.csrfToken(http, interaction),
      },
      needs,
    );
  }

  private async choose(http: FastifyRequest): Promise<Answer> {
    const form = readForm(http);
    const interaction = await this.interactions.requirePosted(http, form);
    const { interactionId, clientId } = interaction;
    const account = required(form, 'account');
    if (account === ANOTHER_ACCOUNT) {
      await this.interactionStore.chosen(interactionId, ANOTHER_ACCOUNT);
      return this.interactions.resume(interaction);
    }
    const signIns = await this.sessions.all(http, clientId);
    const chosen = signIns.find(({ session }) => session.sid === account);
    // Ended since the page was shown, or never there: /authorize asks again with what is left.
    if (chosen === undefined) return this.interactions.resume(interaction);
    await this.interactionStore.chosen(interactionId, account);
    await this.audit.write([{ type: 'account.chosen', userId: chosen.user.userId, clientId }]);
    return withHeaders(this.interactions.resume(interaction), await this.sessions.activate(http, account));
  }
}
