import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../endpoints.js';
import { sendAnswer } from '../http/send-answer.js';
import { languageFor } from '../messages/index.js';
import { Pages, readScript } from '../pages/pages.js';

const SCRIPT = readScript('check-session.js');

/** The iframe that tells a client's page whether the session is still the same (OIDC Session Management §3.2). */
@Controller()
export class CheckSessionController {
  constructor(private readonly pages: Pages) {}

  @Get(ENDPOINTS.checkSession)
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const needs = { language: languageFor(request), scripts: [SCRIPT], frameAncestors: '*' };
    sendAnswer(reply, this.pages.render(200, 'check-session', { script: SCRIPT }, needs));
  }
}
