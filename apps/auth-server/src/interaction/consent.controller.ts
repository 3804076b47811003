import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiStore, ClientStore, ConsentStore } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import { apisOfScope, askedAudiences, consentedScope, consentEntries, isIdentityScope, words } from '@tandem/protocol';
import type { Api, Client, Interaction } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../endpoints.js';
import type { Answer } from '../http/answer.js';
import { required } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { languageFor } from '../messages/index.js';
import { asPage } from '../pages/as-page.js';
import { PageRefusal } from '../pages/page-refusal.js';
import { nameOfUser } from '../pages/name-of-user.js';
import { Pages } from '../pages/pages.js';
import { framedBy } from './client-presentation.js';
import { Interactions } from './interactions.js';
import type { WithSignIns } from './interactions.js';
import { wordsOfScope } from './scope-words.js';

/** What the page is about: the request, who asks, who answers, and which permissions are put before them. */
interface Question {
  readonly interaction: Interaction;
  readonly client: Client;
  readonly signIn: SignIn;
  readonly apis: readonly Api[];
  /** Known scopes of the request, those already allowed included. */
  readonly scope: readonly string[];
}

/** The consent page of a pending request: the permissions in words. It ends by returning to /authorize. */
@Controller(ENDPOINTS.consent)
export class ConsentController {
  constructor(
    private readonly interactions: Interactions,
    private readonly clients: ClientStore,
    private readonly apis: ApiStore,
    private readonly consents: ConsentStore,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const waiting = await this.interactions.requireWithSignIns(request, readQuery(request));
      return this.page(request, await this.questionOf(waiting));
    });
    sendAnswer(reply, answer);
  }

  /** What is allowed is what the request asks and the page showed: nothing of it is read from the form. */
  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.decide(request)));
  }

  private async decide(request: FastifyRequest): Promise<Answer> {
    const form = readForm(request);
    const waiting = await this.interactions.requirePostedWithSignIns(request, form);
    const { interaction, client, signIn, apis, scope } = await this.questionOf(waiting);
    const decision = required(form, 'decision') === 'accept' ? 'accepted' : 'denied';
    const { userId } = signIn.user;
    const { interactionId } = interaction;
    const { clientId } = client;
    await this.consents.answer(
      { interactionId, decision, sid: signIn.session.sid, userId, clientId, entries: consentEntries(scope, apis) },
      { type: `consent.${decision}`, userId, clientId, detail: { scope: scope.join(' ') } },
    );
    return this.interactions.resume(interaction);
  }

  private async questionOf({ interaction, signIns }: WithSignIns): Promise<Question> {
    const client = await this.clients.find(interaction.clientId);
    if (client === undefined || client.disabledAt !== undefined)
      throw new PageRefusal('error.client-gone', 'invalid_request', 'the application is not known here any more');
    const signIn = signIns.find(({ session }) => session.sid === interaction.chosenSid);
    if (signIn === undefined)
      throw new PageRefusal('error.not-signed-in', 'access_denied', 'sign in before you answer', { status: 403 });
    const { parameters } = interaction;
    const apis = await this.apis.findAll(askedAudiences(parameters, client));
    const known = (word: string): boolean =>
      isIdentityScope(word) || apis.some((api) => Object.hasOwn(api.scopes, word));
    return { interaction, client, signIn, apis, scope: words(parameters.scope).filter(known) };
  }

  private page(request: FastifyRequest, { interaction, client, signIn, apis, scope }: Question): Answer {
    const language = languageFor(request, interaction.parameters.uiLocales);
    const frame = framedBy({ client, interaction, language });
    const permission = (word: string, api: Api | undefined): Record<string, unknown> => {
      const of = api === undefined ? [] : [api];
      const allowed = consentedScope([word], of, signIn.consented).length > 0;
      return { words: wordsOfScope(word, of, language), api: api?.name, allowed };
    };
    const permissions = scope
      .filter((word) => word !== 'openid' || scope.length === 1)
      .flatMap((word) => {
        const reached = apisOfScope(word, apis);
        return reached.length === 0 ? [permission(word, undefined)] : reached.map((api) => permission(word, api));
      });
    return this.pages.render(
      200,
      'consent',
      {
        client: frame.client,
        user: nameOfUser(signIn.user),
        email: signIn.user.email,
        permissions,
        interaction: interaction.interactionId,
        csrf: this.interactions.csrfToken(request, interaction),
        unverified: client.origin === 'registered',
      },
      frame.needs,
    );
  }
}
