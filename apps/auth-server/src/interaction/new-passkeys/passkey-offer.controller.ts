import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { AuditStore } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../endpoints.js';
import { withHeaders } from '../../http/answer.js';
import type { Answer } from '../../http/answer.js';
import { single } from '../../http/form-parameters.js';
import { readForm, readQuery } from '../../http/read-request.js';
import { sendAnswer } from '../../http/send-answer.js';
import type { MessageKey } from '../../messages/index.js';
import { asPage } from '../../pages/as-page.js';
import { Pages } from '../../pages/pages.js';
import { BrowserSessions } from '../../session/browser-sessions.js';
import { framedBy } from '../client-presentation.js';
import { Interactions } from '../interactions.js';
import type { LoginContext } from '../login-methods/login-method.js';
import { LoginPage } from '../login-page.js';
import { PasskeyCreation } from './passkey-creation.js';
import { PasskeyOffer } from './passkey-offer.js';

/** Offers a passkey to who has just signed in another way. Whatever they do, it ends by returning to /authorize. */
@Controller(ENDPOINTS.passkeyOffer)
export class PasskeyOfferController {
  constructor(
    private readonly offer: PasskeyOffer,
    private readonly creation: PasskeyCreation,
    private readonly sessions: BrowserSessions,
    private readonly interactions: Interactions,
    private readonly login: LoginPage,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const interaction = await this.interactions.require(request, readQuery(request));
      return this.page(await this.login.contextOf(request, interaction));
    });
    sendAnswer(reply, answer);
  }

  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.answer(request)));
  }

  private async answer(http: FastifyRequest): Promise<Answer> {
    const form = readForm(http);
    const context = await this.login.contextOf(http, await this.interactions.requirePosted(http, form));
    const { interaction, language } = context;
    const resume = this.interactions.resume(interaction);
    if (single(form, 'later') !== undefined) return withHeaders(resume, this.offer.decline());
    const signIn = await this.signInOf(context);
    if (signIn === undefined) return resume;
    const { userId } = signIn.user;
    const outcome = await this.creation.keep(signIn.user, form, language);
    if (outcome === 'refused') return this.page(context, 'passkeys.not-added');
    if (outcome === 'added')
      await this.audit.write([{ type: 'passkey.added', userId, clientId: interaction.clientId }]);
    return resume;
  }

  private async page(context: LoginContext, problem?: MessageKey): Promise<Answer> {
    const { http, interaction, client, language } = context;
    const signIn = await this.signInOf(context);
    if (signIn === undefined || !(await this.offer.isDue(http, client, signIn.session)))
      return this.interactions.resume(interaction);
    const { model, script } = await this.creation.ask(signIn.user, [], language);
    const frame = framedBy(context);
    return this.pages.render(
      200,
      'passkey-offer',
      {
        ...{ ...model, script, problem, client: frame.client, interaction: interaction.interactionId },
        csrf: this.interactions.csrfToken(http, interaction),
      },
      { ...frame.needs, scripts: [script] },
    );
  }

  /** The sign-in that this request has led to, while it goes on. */
  private async signInOf({ http, interaction }: LoginContext): Promise<SignIn | undefined> {
    if (interaction.loggedInAt === undefined) return undefined;
    const signIns = await this.sessions.all(http, interaction.clientId);
    return signIns.find(({ session }) => session.sid === interaction.chosenSid);
  }
}
