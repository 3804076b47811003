import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { StorageUnavailable } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { json } from './answer.js';
import type { Answer } from './answer.js';
import { errorAnswer } from './oauth-error-answer.js';
import { sendAnswer } from './send-answer.js';

/** The exit for everything that an endpoint throws: a specified refusal, "not now", or a bug that tells nothing. */
@Catch()
export class OAuthErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('request');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    sendAnswer(reply, this.answerTo(error, http.getRequest<FastifyRequest>()));
  }

  private answerTo(error: unknown, request: FastifyRequest): Answer {
    if (error instanceof OAuthError) {
      if (error.cause !== undefined)
        this.logger.warn({ code: error.code, cause: String(error.cause), requestId: request.id }, 'refused');
      return errorAnswer(error);
    }
    if (error instanceof StorageUnavailable) {
      this.logger.warn({ cause: String(error.cause ?? error.message), requestId: request.id }, 'storage unavailable');
      return json(
        503,
        { error: 'temporarily_unavailable', error_description: 'try again in a moment' },
        { 'retry-after': '1' },
      );
    }
    if (error instanceof HttpException)
      return json(error.getStatus(), { error: error.getStatus() === 404 ? 'not_found' : 'invalid_request' });
    this.logger.error(
      { error: error instanceof Error ? error.stack : String(error), requestId: request.id },
      'unexpected error',
    );
    return json(500, { error: 'server_error', error_description: 'an unexpected error occurred' });
  }
}
