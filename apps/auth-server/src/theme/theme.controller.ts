import { Controller, Get, Inject, Res } from '@nestjs/common';
import { OAuthError } from '@tandem/protocol';
import type { FastifyReply } from 'fastify';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import type { Answer } from '../http/answer.js';
import { sendAnswer } from '../http/send-answer.js';
import { DECLARED } from '../tokens.js';
import { stylesheetOf } from './theme-of-pages.js';

const MAX_AGE_SECONDS = 3_600;

/** The operator's colours and logo, beside the assets that everybody has. */
@Controller('assets')
export class ThemeController {
  private readonly stylesheet: Answer | undefined;
  private readonly logo: Answer | undefined;

  constructor(@Inject(DECLARED) { theme }: DeclaredConfiguration) {
    const stylesheet = stylesheetOf(theme);
    this.stylesheet = stylesheet === undefined ? undefined : asset('text/css; charset=utf-8', stylesheet);
    this.logo = theme.logo === undefined ? undefined : asset(theme.logo.mediaType, theme.logo.content);
  }

  @Get('theme.css')
  colours(@Res() reply: FastifyReply): void {
    sendAnswer(reply, found(this.stylesheet));
  }

  @Get('theme-logo')
  picture(@Res() reply: FastifyReply): void {
    sendAnswer(reply, found(this.logo));
  }
}

function found(answer: Answer | undefined): Answer {
  if (answer === undefined) throw new OAuthError('not_found', 'there is nothing at this address');
  return answer;
}

/** An SVG opened by itself is a document of our origin: the policy keeps it from being more than a picture. */
const asset = (mediaType: string, body: string | Buffer): Answer => ({
  status: 200,
  headers: {
    'content-type': mediaType,
    'cache-control': `public, max-age=${MAX_AGE_SECONDS}`,
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
  },
  body,
});
