import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from './config.js';
import type { SampleClientConfig } from './config.js';
import { BrowserState } from './flow/browser-state.js';
import { clearSession, readSession } from './flow/cookies.js';
import { describeExchange, describeFlow } from './flow/describe-flow.js';
import { greetingName, withNewest } from './flow/flow.js';
import type { Flow } from './flow/flow.js';
import { HeldTokens } from './flow/held-tokens.js';
import { OrdersApi } from './flow/orders-api.js';
import { SignIn } from './flow/sign-in.js';
import { bodyOf, redirect, sendPage, sendProblem } from './pages.js';

/** Steps 5 to 10 for a signed-in user: the greeting, the exchange, the API, and what one can do with tokens. */
@Controller()
export class FlowController {
  /** What each user's flow is doing: one thing at a time, since a refresh token or code sent twice ends the grant. */
  private readonly doing = new WeakMap<Flow, Promise<void>>();

  constructor(
    private readonly signIn: SignIn,
    private readonly held: HeldTokens,
    private readonly api: OrdersApi,
    private readonly state: BrowserState,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  /** The user is greeted from the front-channel ID token, before the exchange. */
  @Get('welcome')
  welcome(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const flow = this.state.flow(readSession(request));
    if (flow === undefined) return redirect(reply, '/');
    sendPage(reply, 200, 'welcome', {
      name: greetingName(flow),
      known: flow.frontClaims !== undefined,
      exchanged: flow.exchange !== undefined,
      formToken: flow.formToken,
    });
  }

  @Get('flow')
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const flow = this.state.flow(readSession(request));
    if (flow === undefined) return redirect(reply, '/');
    const model = {
      name: greetingName(flow),
      steps: describeFlow(flow, this.signIn.redirectUri),
      later: flow.later.map(({ title, exchange }) => ({ title, exhibits: describeExchange(exchange) })),
      notes: flow.notes,
      formToken: flow.formToken,
      hasTokens: flow.tokens !== undefined,
      canRefresh: flow.tokens?.refreshToken !== undefined,
      canExchange: flow.code !== undefined && flow.exchange === undefined,
    };
    // The logout form's redirect ends at the provider.
    sendPage(reply, 200, 'flow', model, { formTargets: [new URL(this.config.issuer).origin] });
  }

  @Post('flow/exchange')
  async exchange(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, async (flow) => {
      await this.signIn.exchange(flow);
      await this.callTheApi(flow);
    });
  }

  @Post('flow/api')
  async callApi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, (flow) => this.callTheApi(flow));
  }

  @Post('flow/order')
  async placeOrder(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, async (flow) => {
      if (flow.tokens !== undefined)
        flow.apiCalls = withNewest(flow.apiCalls, await this.api.place(flow.tokens.accessToken));
    });
  }

  @Post('flow/userinfo')
  async userinfo(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, (flow) => this.held.userinfo(flow));
  }

  @Post('flow/refresh')
  async refresh(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, (flow) => this.held.refresh(flow));
  }

  @Post('flow/revoke')
  async revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, (flow) => this.held.revoke(flow));
  }

  @Post('logout')
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const id = readSession(request);
    const flow = this.state.flow(id);
    if (flow === undefined) return redirect(reply, '/');
    if (!isFromOurPage(request, flow)) return refuseForeignForm(reply);
    const address = await this.held.logoutUrl(flow).catch(() => '/');
    this.state.signOut(id);
    clearSession(reply);
    redirect(reply, address);
  }

  private async callTheApi(flow: Flow): Promise<void> {
    const { tokens } = flow;
    if (tokens === undefined) return;
    const calls = [await this.api.list(tokens.accessToken), await this.api.listOverNats(tokens.accessToken)];
    flow.apiCalls = withNewest(flow.apiCalls, ...calls);
  }

  /** Runs what a button stands for; what fails is noted on the page. */
  private async act(
    request: FastifyRequest,
    reply: FastifyReply,
    action: (flow: Flow) => Promise<void>,
  ): Promise<void> {
    const flow = this.state.flow(readSession(request));
    if (flow === undefined) return sendProblem(reply, 401, 'You are not signed in', 'Start again from the first page.');
    if (!isFromOurPage(request, flow)) return refuseForeignForm(reply);
    const done = (this.doing.get(flow) ?? Promise.resolve())
      .then(() => action(flow))
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : 'unknown';
        flow.notes = withNewest(flow.notes, `That did not work: ${why}`);
      });
    this.doing.set(flow, done);
    await done;
    redirect(reply, '/flow');
  }
}

/**
 * Whether a form of this session's pages was sent. The session cookie's `SameSite=Lax` isn't enough: other ports of the
 * same host are the same site.
 */
const isFromOurPage = (request: FastifyRequest, { formToken }: Flow): boolean =>
  bodyOf(request).get('csrf') === formToken;

const refuseForeignForm = (reply: FastifyReply): void =>
  sendProblem(reply, 403, 'This form is not from your page', 'Open the page again and repeat what you did.');
