import { Controller, Get, Inject, Logger, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from './config.js';
import type { SampleClientConfig } from './config.js';
import { BrowserState } from './flow/browser-state.js';
import { readSession, takeTransaction, writeSession, writeTransaction } from './flow/cookies.js';
import { greetingName } from './flow/flow.js';
import type { FlowChoice } from './flow/flow.js';
import { SignIn } from './flow/sign-in.js';
import type { SignInWishes } from './flow/sign-in.js';
import { RefusedResponse } from './oidc/checked-response.js';
import { Provider } from './oidc/provider.js';
import { readResponseParameters } from './oidc/response-parameters.js';
import { bodyOf, queryOf, readScript, redirect, sendPage, sendProblem } from './pages.js';
import { readChoice, RESPONSE_MODES, RESPONSE_TYPES } from './sign-in-choice.js';

const FRAGMENT_SCRIPT = readScript('fragment.js');

/** Steps 1 to 5: the first page, the way to the provider, and its answer. */
@Controller()
export class SignInController {
  private readonly logger = new Logger('sign-in');

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
  async login(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.begin(reply, readChoice(queryOf(request)));
  }

  /** A login that somebody else starts (OIDC Core §4), by GET or POST: only for our own provider and back to our own pages. */
  @Get('initiate-login')
  async initiate(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.beginForThirdParty(reply, queryOf(request));
  }

  @Post('initiate-login')
  async initiateByPost(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.beginForThirdParty(reply, bodyOf(request));
  }

  /** form_post: the provider's page posts here from its own site. */
  @Post('callback')
  async posted(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.receive(request, reply, 'form_post', bodyOf(request).toString());
  }

  /** Query mode brings the answer; fragment mode brings none, and a script of the page posts the fragment. */
  @Get('callback')
  async arrived(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = queryOf(request);
    if (query.has('state')) return this.receive(request, reply, 'query', query.toString());
    sendPage(reply, 200, 'fragment', { script: FRAGMENT_SCRIPT }, { scripts: [FRAGMENT_SCRIPT] });
  }

  /** What our own page found in the fragment. */
  @Post('callback/fragment')
  async postedFragment(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.receive(request, reply, 'fragment', bodyOf(request).toString());
  }

  private async beginForThirdParty(reply: FastifyReply, parameters: URLSearchParams): Promise<void> {
    const [hint, target] = [parameters.get('login_hint'), parameters.get('target_link_uri')];
    const isOurs =
      target === null || (URL.canParse(target) && new URL(target).origin === new URL(this.config.url).origin);
    if (parameters.get('iss') !== this.config.issuer || !isOurs)
      return sendProblem(
        reply,
        400,
        'This sign-in can not be started',
        'It names a provider or a page that this application does not know.',
      );
    await this.begin(reply, readChoice(new URLSearchParams()), {
      ...(hint === null ? {} : { hints: { login_hint: hint.slice(0, 512) } }),
      ...(target === null ? {} : { targetUrl: new URL(target).href }),
    });
  }

  private async begin(reply: FastifyReply, choice: FlowChoice, wishes: SignInWishes = {}): Promise<void> {
    try {
      const transaction = await this.signIn.begin(choice, wishes);
      writeTransaction(reply, transaction.state, this.state.begin(transaction));
      redirect(reply, transaction.authorizationUrl);
    } catch (error) {
      this.logger.warn({ cause: error instanceof Error ? error.message : typeof error }, 'the sign-in did not begin');
      const explanation = `${this.config.issuer} does not answer. Is it running?`;
      sendProblem(reply, 503, 'The provider can not be reached', explanation);
    }
  }

  private async receive(request: FastifyRequest, reply: FastifyReply, mode: string, raw: string): Promise<void> {
    try {
      const parameters = readResponseParameters(raw);
      const id = takeTransaction(request, reply, parameters.get('state') ?? '');
      const transaction = id === undefined ? undefined : this.state.take(id);
      if (transaction === undefined)
        return sendProblem(
          reply,
          400,
          'This answer belongs to no sign-in of yours',
          'It was used already, is too old, or your browser did not bring the cookie of the sign-in.',
        );
      if (transaction.responseMode !== mode)
        throw new RefusedResponse(`the answer came by ${mode}, but ${transaction.responseMode} was asked for`);
      const flow = await this.signIn.receive(transaction, parameters);
      writeSession(reply, this.state.signIn(flow), this.config.url.startsWith('https:'));
      redirect(reply, transaction.targetUrl ?? '/welcome');
    } catch (error) {
      if (!(error instanceof RefusedResponse)) throw error;
      const title =
        error.providerError === undefined ? 'The answer was refused' : `The provider said: ${error.providerError}`;
      sendProblem(reply, 400, title, error.message);
    }
  }
}
