import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { refuse, sendJson } from './refusal.js';
import { StrangeRequest } from './strange-requests.js';

/** The status of anything thrown: its own when it blames the client, else 500. */
export const statusOf = (error: unknown): number => {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error ? (error as Partial<FastifyError>).statusCode : undefined;
  return status !== undefined && status >= 400 && status < 500 ? status : 500;
};

/** What a guard or handler says in its own words; Nest's and Fastify's exceptions carry a statusCode. */
function ownWords(error: unknown): object | undefined {
  const body = error instanceof HttpException ? error.getResponse() : undefined;
  return typeof body === 'object' && body !== null && !('statusCode' in body) ? body : undefined;
}

/** Answers what Nest or Fastify refuse, without their codes, paths or stacks. Applications put their own filter before it. */
@Catch()
export class FrameworkErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const status = statusOf(error);
    const words = ownWords(error);
    if (words !== undefined) return sendJson(reply, status, words);
    if (status >= 500) this.logger.error({ requestId: request.id, err: error }, 'unexpected error');
    refuse(reply, status, error instanceof StrangeRequest ? error.message : undefined);
  }
}
