import { InvalidTokenError } from '@tandem/jwt';
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import { BrowserState } from '../flow/browser-state.js';
import { sendPage } from '../pages.js';
import { Logouts } from './logouts.js';

/** Receives the provider's word that a session ended (OIDC Back-Channel and Front-Channel Logout). */
@Controller()
export class LogoutController {
  constructor(
    private readonly logouts: Logouts,
    private readonly state: BrowserState,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  /** Back-Channel Logout §2.5–§2.8. */
  @Post('backchannel-logout')
  async backChannel(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = new URLSearchParams(typeof request.body === 'string' ? request.body : '').get('logout_token') ?? '';
    try {
      await this.logouts.take(token, 'logout_token');
      await reply.status(200).header('cache-control', 'no-store').send();
    } catch (error) {
      if (!(error instanceof InvalidTokenError)) throw error;
      await reply
        .status(400)
        .headers({ 'cache-control': 'no-store', 'content-type': 'application/json' })
        .send(JSON.stringify({ error: 'invalid_request', error_description: 'the logout token is refused' }));
    }
  }

  /** Front-Channel Logout §2: loaded in an iframe of the provider's page. */
  @Get('frontchannel-logout')
  frontChannel(
    @Req() request: FastifyRequest<{ Querystring: Record<string, unknown> }>,
    @Res() reply: FastifyReply,
  ): void {
    const { iss, sid } = request.query;
    if (iss === this.config.issuer && typeof sid === 'string') this.state.endWhere(sid, undefined);
    sendPage(reply, 200, 'signed-out', {}, { frameAncestors: new URL(this.config.issuer).origin });
  }
}
