import { Injectable } from '@nestjs/common';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import type { Answer } from '../http/answer.js';
import { languageFor } from '../messages/index.js';
import { Pages } from '../pages/pages.js';
import { CsrfTokens } from './csrf-tokens.js';

/** Pages that a link in a mail leads to, in whatever browser: their forms are bound to the link's own token. */
@Injectable()
export class MailedLinks {
  constructor(
    private readonly csrf: CsrfTokens,
    private readonly pages: Pages,
  ) {}

  csrfToken(token: string): string {
    return this.csrf.issue('', purposeOf(token));
  }

  /** @throws OAuthError when the form was not sent from our page. */
  check(http: FastifyRequest, form: FormParameters, token: string): void {
    this.csrf.check(http, form, '', purposeOf(token));
  }

  /** The link was used, has expired or never was. */
  ended(http: FastifyRequest): Answer {
    return this.pages.render(400, 'link-ended', {}, { language: languageFor(http) });
  }
}

const purposeOf = (token: string): string => `link|${token}`;
