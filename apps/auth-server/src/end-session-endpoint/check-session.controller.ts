import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ENDPOINTS } from '../endpoints.js';
import { sendAnswer } from '../http/send-answer.js';
import { Pages, readScript } from '../pages/pages.js';

const SCRIPT = readScript('check-session.js');

/** The iframe that tells a client's page whether the session is still the same (OIDC Session Management §3.2). */
@Controller()
export class CheckSessionController {
  constructor(private readonly pages: Pages) {}

  @Get(ENDPOINTS.checkSession)
  show(@Res() reply: FastifyReply): void {
    sendAnswer(
      reply,
      this.pages.render(200, 'check-session', { script: SCRIPT }, { scripts: [SCRIPT], frameAncestors: '*' }),
    );
  }
}
