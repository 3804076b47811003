import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { seeOther } from '../http/answer.js';
import { asPage } from '../pages/as-page.js';
import { encodeFormParameters } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { Pages } from '../pages/pages.js';
import { AuthorizationFlow } from './authorization-flow.js';

/** What still fits into the query of a redirect to ourselves. */
const MAXIMUM_QUERY = 6_000;

/** GET|POST /authorize (RFC 6749 §3.1, OIDC Core §3.3.2). */
@Controller()
export class AuthorizationController {
  constructor(
    private readonly flow: AuthorizationFlow,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
  ) {}

  @Get(ENDPOINTS.authorization)
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.flow.begin(request, readQuery(request))));
  }

  /** A POST from another site brings no Lax cookie, the GET after the redirect does: so the sign-in is found again. */
  @Post(ENDPOINTS.authorization)
  async post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const form = readForm(request);
      const query = encodeFormParameters(form);
      return query.length <= MAXIMUM_QUERY
        ? seeOther(`${this.issuer.url('authorization')}?${query}`)
        : this.flow.begin(request, form);
    });
    sendAnswer(reply, answer);
  }
}
