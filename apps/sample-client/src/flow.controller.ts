import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from './config.js';
import type { SampleClientConfig } from './config.js';
import { BrowserState } from './flow/browser-state.js';
import { clearSession, readSession } from './flow/cookies.js';
import { greetingName } from './flow/flow.js';
import type { Flow } from './flow/flow.js';
import { OrdersApi } from './flow/orders-api.js';
import { SignIn } from './flow/sign-in.js';
import { describeFlow } from './flow/describe-flow.js';
import { redirect, sendPage, sendProblem } from './pages.js';

/** Steps 5 to 10 for a signed-in user: the greeting, the exchange, the API, and what one can do with tokens. */
@Controller()
export class FlowController {
  constructor(
    private readonly signIn: SignIn,
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
      exchanged: flow.tokens !== undefined,
    });
  }

  @Get('flow')
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const flow = this.state.flow(readSession(request));
    if (flow === undefined) return redirect(reply, '/');
    const model = {
      name: greetingName(flow),
      steps: describeFlow(flow, this.signIn.redirectUri),
      notes: flow.notes,
      hasTokens: flow.tokens !== undefined,
    };
    // The logout form's redirect ends at the provider.
    sendPage(reply, 200, 'flow', model, { formTargets: [new URL(this.config.issuer).origin] });
  }

  @Post('flow/exchange')
  async exchange(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, async (flow) => {
      await this.signIn.exchange(flow);
      if (flow.tokens === undefined) return;
      flow.apiCalls.push(
        await this.api.list(flow.tokens.accessToken),
        await this.api.listOverNats(flow.tokens.accessToken),
      );
    });
  }

  @Post('flow/api')
  async callApi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, async ({ tokens, apiCalls }) => {
      if (tokens !== undefined)
        apiCalls.push(await this.api.list(tokens.accessToken), await this.api.listOverNats(tokens.accessToken));
    });
  }

  @Post('flow/order')
  async placeOrder(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, async ({ tokens, apiCalls }) => {
      if (tokens !== undefined) apiCalls.push(await this.api.place(tokens.accessToken));
    });
  }

  @Post('flow/refresh')
  async refresh(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, (flow) => this.signIn.refresh(flow));
  }

  @Post('flow/revoke')
  async revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.act(request, reply, (flow) => this.signIn.revoke(flow));
  }

  @Post('logout')
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const id = readSession(request);
    const flow = this.state.flow(id);
    this.state.signOut(id);
    clearSession(reply);
    redirect(reply, flow === undefined ? '/' : await this.signIn.logoutUrl(flow));
  }

  /** The session cookie is Lax, so no other site's form gets here; what fails is noted on the page. */
  private async act(
    request: FastifyRequest,
    reply: FastifyReply,
    action: (flow: Flow) => Promise<void>,
  ): Promise<void> {
    const flow = this.state.flow(readSession(request));
    if (flow === undefined) return sendProblem(reply, 401, 'You are not signed in', 'Start again from the first page.');
    try {
      await action(flow);
    } catch (error) {
      flow.notes.push(`That did not work: ${error instanceof Error ? error.message : 'unknown'}`);
    }
    redirect(reply, '/flow');
  }
}
