import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import { BrowserState } from '../flow/browser-state.js';
import { readSession } from '../flow/cookies.js';
import { Provider } from '../oidc/provider.js';
import { readScript, redirect, sendPage } from '../pages.js';

const SCRIPT = readScript('session-watch.js');

/** Watches the provider's session by its iframe (OIDC Session Management §3.1), where the browser lets an iframe see it. */
@Controller('session')
export class SessionWatchController {
  constructor(
    private readonly provider: Provider,
    private readonly state: BrowserState,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  @Get()
  async watch(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const flow = this.state.flow(readSession(request));
    const sessionState = flow?.responseParameters.find(([name]) => name === 'session_state')?.[1];
    if (flow === undefined || sessionState === undefined) return redirect(reply, '/');
    const { configuration } = await this.provider.registration(flow.transaction.credential);
    const { origin } = new URL(this.config.issuer);
    const model = {
      iframe: configuration.serverMetadata()['check_session_iframe'],
      origin,
      message: `${flow.clientId} ${sessionState}`,
      script: SCRIPT,
    };
    sendPage(reply, 200, 'session-watch', model, { frames: [origin], scripts: [SCRIPT] });
  }
}
