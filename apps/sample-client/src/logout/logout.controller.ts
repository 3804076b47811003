import { InvalidTokenError, readHeader } from '@tandem/jwt';
import type { TokenClaims } from '@tandem/jwt';
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { epochSeconds } from '../clock.js';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import { BrowserState } from '../flow/browser-state.js';
import { Expiring } from '../flow/expiring.js';
import { Provider } from '../oidc/provider.js';
import { sendPage } from '../pages.js';
import { checkLogoutToken } from './check-logout-token.js';

/** Longer than any logout token lives. */
const REMEMBER_MILLISECONDS = 10 * 60_000;
const REMEMBERED_JTIS = 10_000;

/** Receives the provider's word that a session ended (OIDC Back-Channel and Front-Channel Logout). */
@Controller()
export class LogoutController {
  private readonly seen = new Expiring<true>(REMEMBER_MILLISECONDS, REMEMBERED_JTIS);

  constructor(
    private readonly provider: Provider,
    private readonly state: BrowserState,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  /** Back-Channel Logout §2.5–§2.8: everything about the token is checked, and it counts once. */
  @Post('backchannel-logout')
  async backChannel(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = new URLSearchParams(typeof request.body === 'string' ? request.body : '').get('logout_token') ?? '';
    try {
      const { sid, sub } = await this.verify(token);
      this.state.endWhere(sid, sub);
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

  private async verify(token: string): Promise<TokenClaims> {
    const { kid, alg } = readHeader(token);
    const { withSecret, withPrivateKey, issuer } = this.config;
    const claims = checkLogoutToken(token, {
      issuer,
      clientIds: [withSecret.clientId, ...(withPrivateKey === undefined ? [] : [withPrivateKey.clientId])],
      keys: await this.provider.keys(kid, alg),
      now: epochSeconds(),
    });
    if (this.seen.get(claims.jti) !== undefined) throw new InvalidTokenError('bad_claims', 'jti');
    this.seen.put(claims.jti, true);
    return claims;
  }
}
