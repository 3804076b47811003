import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { AuditStore, ClientStore, InteractionStore } from '@tandem/persistence';
import { OAuthError, words } from '@tandem/protocol';
import type { Client, Interaction } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../endpoints.js';
import { withHeaders } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { single } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { asPage } from '../pages/as-page.js';
import { Pages } from '../pages/pages.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { formTargetsOf, presentClient } from './client-presentation.js';
import { Interactions } from './interactions.js';
import type { LoginMethod, LoginOutcome } from './login-methods/login-method.js';

/** Injection token of the installed login methods. */
export const INSTALLED_LOGIN_METHODS = Symbol('LoginMethods');

/** The login page of a pending request. It ends by returning to /authorize. */
@Controller(ENDPOINTS.login)
export class LoginController {
  constructor(
    @Inject(INSTALLED_LOGIN_METHODS) private readonly methods: readonly LoginMethod[],
    private readonly interactions: Interactions,
    private readonly interactionStore: InteractionStore,
    private readonly clients: ClientStore,
    private readonly sessions: BrowserSessions,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(
      reply,
      await asPage(this.pages, async () =>
        this.page(request, await this.interactions.require(request, readQuery(request)), 200),
      ),
    );
  }

  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, () => this.authenticate(request)));
  }

  private async authenticate(request: FastifyRequest): Promise<Answer> {
    const form = readForm(request);
    const interaction = await this.interactions.requirePosted(request, form);
    const client = await this.clientOf(interaction);
    const name = single(form, 'method') ?? 'password';
    const method = this.methodsFor(client).find((candidate) => candidate.name === name);
    if (method === undefined) throw new OAuthError('invalid_request', 'this way to sign in is not offered');
    const attempt = await method.authenticate(request, form);
    if (attempt.outcome !== 'authenticated')
      return this.refused(request, interaction, attempt, single(form, 'username'));
    const { headers, session } = await this.sessions.start(request, attempt.authentication);
    await this.interactionStore.loggedIn(interaction.interactionId);
    await this.audit.write([
      { type: 'login.succeeded', userId: session.userId, clientId: client.clientId, detail: { method: method.name } },
    ]);
    return withHeaders(this.interactions.resume(interaction), headers);
  }

  private async refused(
    request: FastifyRequest,
    interaction: Interaction,
    attempt: LoginOutcome,
    username: string | undefined,
  ): Promise<Answer> {
    await this.audit.write([{ type: `login.${attempt.outcome}`, clientId: interaction.clientId }]);
    if (attempt.outcome === 'throttled') {
      const answer = await this.page(request, interaction, 429, 'throttled', username);
      return withHeaders(answer, { 'retry-after': String(attempt.retryAfterSeconds) });
    }
    return this.page(request, interaction, 200, 'refused', username);
  }

  private async page(
    request: FastifyRequest,
    interaction: Interaction,
    status: number,
    problem?: 'refused' | 'throttled',
    username?: string,
  ): Promise<Answer> {
    const client = await this.clientOf(interaction);
    const { redirectUri, loginHint, uiLocales } = interaction.parameters;
    const presentation = presentClient(client, redirectUri, words(uiLocales));
    return this.pages.render(
      status,
      'login',
      {
        client: presentation,
        interaction: interaction.interactionId,
        csrf: this.interactions.csrfToken(request, interaction),
        methods: this.methodsFor(client).map(({ name }) => name),
        username: username ?? loginHint ?? '',
        problem,
      },
      {
        formTargets: formTargetsOf(client, redirectUri),
        ...(presentation.logo === undefined ? {} : { images: [new URL(presentation.logo).origin] }),
      },
    );
  }

  private methodsFor(client: Client): readonly LoginMethod[] {
    const { loginMethods } = client;
    return loginMethods.length === 0 ? this.methods : this.methods.filter(({ name }) => loginMethods.includes(name));
  }

  private async clientOf({ clientId }: Interaction): Promise<Client> {
    const client = await this.clients.find(clientId);
    if (client === undefined || client.disabledAt !== undefined)
      throw new OAuthError('invalid_request', 'the application is not known here any more');
    return client;
  }
}
