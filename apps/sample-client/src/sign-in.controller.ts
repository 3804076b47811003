import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from './config.js';
import type { SampleClientConfig } from './config.js';
import { BrowserState } from './flow/browser-state.js';
import { readSession, takeTransaction, writeSession, writeTransaction } from './flow/cookies.js';
import { greetingName } from './flow/flow.js';
import type { FlowChoice } from './flow/flow.js';
import { SignIn } from './flow/sign-in.js';
import { RefusedResponse } from './oidc/checked-response.js';
import { Provider } from './oidc/provider.js';
import { readScript, redirect, sendPage, sendProblem } from './pages.js';

const RESPONSE_TYPES = ['code id_token', 'code token', 'code id_token token', 'code'];
const RESPONSE_MODES = ['form_post', 'fragment'];
const FRAGMENT_SCRIPT = readScript('fragment.js');

/** Steps 1 to 5: the first page, the way to the provider, and its answer. */
@Controller()
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly provider: Provider,
    private readonly state: BrowserState,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  @Get()
  home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const flow = this.state.flow(readSession(request));
    const model = {
      name: flow === undefined ? undefined : greetingName(flow),
      responseTypes: RESPONSE_TYPES,
      responseModes: RESPONSE_MODES,
      offersPrivateKey: this.provider.offersPrivateKey,
      issuer: this.config.issuer,
    };
    sendPage(reply, 200, 'home', model, { formTargets: [new URL(this.config.issuer).origin] });
  }

  @Get('login')
  async login(
    @Req() request: FastifyRequest<{ Querystring: Record<string, unknown> }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.begin(reply, choiceOf(request.query));
  }

  /** A login that somebody else starts (OIDC Core §4): only for our own provider. */
  @Get('initiate-login')
  async initiate(
    @Req() request: FastifyRequest<{ Querystring: Record<string, unknown> }>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { iss, login_hint: loginHint } = request.query;
    if (iss !== this.config.issuer)
      return sendProblem(
        reply,
        400,
        'This sign-in can not be started',
        'It names a provider that this application does not know.',
      );
    await this.begin(reply, choiceOf({}), typeof loginHint === 'string' ? { login_hint: loginHint.slice(0, 512) } : {});
  }

  /** form_post: the provider's page posts here from its own site. */
  @Post('callback')
  async posted(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.receive(request, reply, new URLSearchParams(typeof request.body === 'string' ? request.body : ''));
  }

  /** Query mode brings the answer; fragment mode brings none, and a script of the page posts the fragment. */
  @Get('callback')
  async arrived(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = new URLSearchParams(request.url.split('?', 2)[1] ?? '');
    if (query.has('state')) return this.receive(request, reply, query);
    sendPage(reply, 200, 'fragment', { script: FRAGMENT_SCRIPT }, { scripts: [FRAGMENT_SCRIPT] });
  }

  private async begin(
    reply: FastifyReply,
    choice: FlowChoice,
    hints: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    try {
      const transaction = await this.signIn.begin(choice, hints);
      writeTransaction(reply, transaction.state, this.state.begin(transaction));
      redirect(reply, transaction.authorizationUrl);
    } catch {
      sendProblem(
        reply,
        503,
        'The provider can not be reached',
        `${this.config.issuer} does not answer. Is it running?`,
      );
    }
  }

  private async receive(request: FastifyRequest, reply: FastifyReply, parameters: URLSearchParams): Promise<void> {
    const transactionId = takeTransaction(request, reply, parameters.get('state') ?? '');
    const transaction = transactionId === undefined ? undefined : this.state.take(transactionId);
    if (transaction === undefined)
      return sendProblem(
        reply,
        400,
        'This answer belongs to no sign-in of yours',
        'It was used already, is too old, or your browser did not bring the cookie of the sign-in.',
      );
    try {
      const flow = await this.signIn.receive(transaction, new Map(parameters));
      writeSession(reply, this.state.signIn(flow), this.config.url.startsWith('https:'));
      redirect(reply, '/welcome');
    } catch (error) {
      if (!(error instanceof RefusedResponse)) throw error;
      sendProblem(
        reply,
        400,
        error.providerError === undefined ? 'The answer was refused' : `The provider said: ${error.providerError}`,
        error.message,
      );
    }
  }
}

function choiceOf(query: Readonly<Record<string, unknown>>): FlowChoice {
  const pick = (name: string, allowed: readonly string[]): string =>
    allowed.find((value) => value === query[name]) ?? (allowed[0] as string);
  return {
    responseType: pick('response_type', RESPONSE_TYPES),
    responseMode: pick('response_mode', RESPONSE_MODES),
    credential: query['credential'] === 'private-key' ? 'private-key' : 'secret',
  };
}
