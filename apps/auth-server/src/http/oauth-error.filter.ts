import { type ArgumentsHost, Catch, Logger } from '@nestjs/common';
import { StorageUnavailable } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import { FrameworkErrorFilter } from '@tandem/web-server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { json, RETRY_SOON } from './answer.js';
import type { Answer } from './answer.js';
import { errorAnswer } from './oauth-error-answer.js';
import { sendAnswer } from './send-answer.js';

/** The exit for everything that an endpoint throws: a specified refusal, "not now", or what the framework's filter answers. */
@Catch()
export class OAuthErrorFilter extends FrameworkErrorFilter {
  private readonly log = new Logger('request');

  override catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const answer = this.answerTo(error, http.getRequest<FastifyRequest>());
    if (answer === undefined) super.catch(error, host);
    else sendAnswer(http.getResponse<FastifyReply>(), answer);
  }

  private answerTo(error: unknown, request: FastifyRequest): Answer | undefined {
    if (error instanceof OAuthError) {
      if (error.cause !== undefined)
        this.log.warn({ code: error.code, cause: textOf(error.cause), requestId: request.id }, 'refused');
      return errorAnswer(error);
    }
    if (error instanceof StorageUnavailable) {
      this.log.warn({ cause: textOf(error.cause ?? error), requestId: request.id }, 'storage unavailable');
      const body = { error: 'temporarily_unavailable', error_description: 'try again in a moment' };
      return json(503, body, RETRY_SOON);
    }
    return undefined;
  }
}

/** A cause for the log: its text, never its members. */
const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : typeof cause);
