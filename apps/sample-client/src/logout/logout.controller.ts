import { InvalidTokenError, readHeader, TokenVerifier } from '@tandem/jwt';
import type { TokenClaims } from '@tandem/jwt';
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import { BrowserState } from '../flow/browser-state.js';
import { Provider } from '../oidc/provider.js';
import { sendPage } from '../pages.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const REMEMBERED_JTIS = 10_000;

/** Receives the provider's word that a session ended (OIDC Back-Channel and Front-Channel Logout). */
@Controller()
export class LogoutController {
  private readonly seen = new Set<string>();

  constructor(
    private readonly provider: Provider,
    private readonly state: BrowserState,
    private readonly verifier: TokenVerifier,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  /** Back-Channel Logout §2.6: everything about the token is checked, and it counts once. */
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
    const ours = [withSecret.clientId, withPrivateKey?.clientId];
    const { claims } = this.verifier.verify('logout_token', token, {
      keys: await this.provider.keys(kid, alg),
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      issuer,
      audience: (audience: unknown) => [audience].flat().some((member) => ours.includes(member as string)),
      now: Math.floor(Date.now() / 1_000),
      clockToleranceSeconds: 30,
    });
    const events = claims['events'];
    const isLogout =
      typeof events === 'object' && events !== null && typeof (events as Record<string, unknown>)[EVENT] === 'object';
    const jti = claims.jti as string;
    if (!isLogout || this.seen.has(jti)) throw new InvalidTokenError('bad_claims', 'events or jti');
    if (this.seen.size >= REMEMBERED_JTIS) this.seen.clear();
    this.seen.add(jti);
    return claims;
  }
}
