import { Controller, Get, Logger, Req, Res } from '@nestjs/common';
import { AuditStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { Interaction } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../../endpoints.js';
import { UpstreamProblem } from '../../federation/upstream-problem.js';
import { UpstreamProviders } from '../../federation/upstream-providers.js';
import { seeOther, withHeaders } from '../../http/answer.js';
import type { Answer } from '../../http/answer.js';
import { encodeFormParameters, single } from '../../http/form-parameters.js';
import { readQuery } from '../../http/read-request.js';
import { sendAnswer } from '../../http/send-answer.js';
import type { MessageKey } from '../../messages/index.js';
import { asPage } from '../../pages/as-page.js';
import { Pages } from '../../pages/pages.js';
import { ConnectingIdentities } from './connecting-identities.js';
import { FederatedLogin } from './federated-login.js';
import { expired, Interactions } from '../interactions.js';
import { LoginCompletion } from '../login-completion.js';
import { LoginPage } from '../login-page.js';
import type { LoginContext } from '../login-methods/login-method.js';
import { UpstreamSignIn } from './upstream-sign-in.js';
import type { UpstreamArrival } from './upstream-sign-in.js';

const METHOD = 'upstream';
const STATUS = { unavailable: 503, failed: 400, cancelled: 200, 'not-fresh': 200, stale: 400 } as const;

/**
 * To another provider and back. Both are plain GETs: browsers hold a form's redirects against the page's policy, which
 * can't know where a provider sends people next, and Lax cookies come along with the answer.
 */
@Controller()
export class UpstreamController {
  private readonly log = new Logger('upstream');

  constructor(
    private readonly upstream: UpstreamSignIn,
    private readonly providers: UpstreamProviders,
    private readonly federated: FederatedLogin,
    private readonly connecting: ConnectingIdentities,
    private readonly page: LoginPage,
    private readonly completion: LoginCompletion,
    private readonly interactions: Interactions,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
  ) {}

  @Get(ENDPOINTS.loginConnection)
  async leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.begin(request)));
  }

  @Get(ENDPOINTS.loginCallback)
  async callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.arrive(request)));
  }

  private async begin(http: FastifyRequest): Promise<Answer> {
    const query = readQuery(http);
    const interaction = await this.interactions.require(http, query);
    const context = await this.page.contextOf(http, interaction);
    const connection = this.providers.find(single(query, 'connection') ?? '');
    // Auth0's applications name connections of all kinds: what is no provider of ours is left to the page.
    if (connection === undefined || !this.isOffered(context)) return this.interactions.pageOf('login', interaction);
    try {
      return seeOther(await this.upstream.begin(context, connection));
    } catch (error) {
      return this.problem(context, error, connection.name);
    }
  }

  private async arrive(http: FastifyRequest): Promise<Answer> {
    const query = readQuery(http);
    const state = single(query, 'state') ?? '';
    const interactionId = this.upstream.interactionOf(state);
    const interaction = interactionId === undefined ? undefined : await this.interactions.find(http, interactionId);
    if (interaction === undefined) throw expired();
    const context = await this.page.contextOf(http, interaction);
    if (!this.isOffered(context)) throw new OAuthError('invalid_request', 'this way to sign in is not offered');
    try {
      const arrival = await this.upstream.arrive(interaction, state, encodeFormParameters(query));
      return arrival === undefined ? await this.refuse(context, 'stale') : await this.settle(context, arrival);
    } catch (error) {
      return this.problem(context, error);
    }
  }

  private async settle(context: LoginContext, { connection, user }: UpstreamArrival): Promise<Answer> {
    const { http, interaction } = context;
    const identity = { connection: connection.name, subject: user.subject };
    if (this.connecting.isMeant(interaction)) return this.connecting.connect(http, interaction, identity);
    const outcome = await this.federated.outcomeOf(interaction, identity, connection, {
      amr: ['fed', ...user.amr],
      authTime: user.authTime,
      describe: () => user.describe(),
    });
    if (outcome.outcome === 'authenticated')
      return this.onward(context, await this.completion.complete(http, interaction, METHOD, outcome.authentication));
    if (outcome.outcome === 'asks') return this.interactions.pageOf('login', interaction);
    await this.note(interaction, outcome.problem ?? 'refused', connection.name);
    return this.page.render(context, outcome.problem === undefined ? {} : { problem: outcome.problem });
  }

  /**
   * A page that goes on by itself instead of a redirect. We come from a form of the provider, whose own policy may allow
   * it to end here but not at the client, and Chromium holds every further redirect against it.
   */
  private onward({ language }: LoginContext, answer: Answer): Answer {
    const { location, 'set-cookie': cookies } = answer.headers;
    if (typeof location !== 'string') return answer;
    const page = this.pages.render(200, 'onward', { href: location }, { language });
    return cookies === undefined ? page : withHeaders(page, { 'set-cookie': cookies });
  }

  private async problem(context: LoginContext, error: unknown, connection?: string): Promise<Answer> {
    if (!(error instanceof UpstreamProblem)) throw error;
    this.log.warn({ kind: error.kind, connection, cause: reasonOf(error.cause) }, 'sign-in at another provider');
    return this.refuse(context, error.kind);
  }

  private async refuse(context: LoginContext, kind: keyof typeof STATUS): Promise<Answer> {
    const { interaction, language } = context;
    await this.note(interaction, kind);
    const [status, problem] = [STATUS[kind], `upstream.${kind}` satisfies MessageKey];
    return this.connecting.isMeant(interaction)
      ? this.connecting.problem(status, problem, language)
      : this.page.render(context, { status, problem });
  }

  private async note({ clientId }: Interaction, reason: string, connection?: string): Promise<void> {
    const detail = { method: METHOD, reason, ...(connection === undefined ? {} : { connection }) };
    await this.audit.write([{ type: 'login.refused', clientId, detail }]);
  }

  private isOffered({ client }: LoginContext): boolean {
    return this.page.methodsFor(client).some(({ name }) => name === METHOD);
  }
}

/** An error for the log: its kinds and codes down to the root, never what the provider sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { readonly code?: unknown };
  const own = `${error.name}${typeof code === 'string' ? ` ${code}` : ''}: ${error.message}`;
  return error.cause instanceof Error ? `${own} (${reasonOf(error.cause)})` : own;
}
