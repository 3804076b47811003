import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Logger } from 'pino';
import { StrangeRequest } from './strange-requests.js';

const WORDS: Readonly<Record<number, readonly [string, string]>> = {
  404: ['not_found', 'there is nothing at this address'],
  405: ['invalid_request', 'this address takes another method'],
  408: ['invalid_request', 'the request took too long'],
  413: ['invalid_request', 'the body is too large'],
  414: ['invalid_request', 'the URL is too long'],
  415: ['invalid_request', 'the media type is not taken here'],
  431: ['invalid_request', 'the headers are too large'],
  500: ['server_error', 'an unexpected error occurred'],
};

/** A refusal as small JSON. */
export function refuse(reply: FastifyReply, status: number, why?: string): void {
  const [error, description] = WORDS[status] ?? ['invalid_request', 'the request can not be read'];
  void reply
    .status(status)
    .headers({ 'cache-control': 'no-store', 'content-type': 'application/json' })
    .send(JSON.stringify({ error, error_description: why ?? description }));
}

const statusOf = (error: unknown): number => {
  if (error instanceof HttpException) return error.getStatus();
  const status = error instanceof Error ? (error as Partial<FastifyError>).statusCode : undefined;
  return status !== undefined && status >= 400 && status < 500 ? status : 500;
};

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
    // A guard or handler that says in its own words what is wrong; Nest's own exceptions carry a statusCode.
    const body = error instanceof HttpException ? error.getResponse() : undefined;
    if (typeof body === 'object' && !('statusCode' in body)) {
      void reply
        .status(status)
        .headers({ 'cache-control': 'no-store', 'content-type': 'application/json' })
        .send(JSON.stringify(body));
      return;
    }
    if (status >= 500) this.logger.error({ requestId: request.id, err: error }, 'unexpected error');
    refuse(reply, status, error instanceof StrangeRequest ? error.message : undefined);
  }
}

const METHODS: readonly HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Remembers which methods each address takes; `refuse` then answers the others with 405 and `Allow` (RFC 9110 §15.5.6). */
export class MethodTable {
  private readonly taken = new Map<string, Set<string>>();

  constructor(private readonly fastify: FastifyInstance) {
    fastify.addHook('onRoute', ({ url, method }) => {
      const methods = this.taken.get(url) ?? new Set<string>();
      for (const one of [method].flat()) methods.add(one);
      this.taken.set(url, methods);
    });
  }

  /** To be called when every route is there and before the server listens. */
  refuseOthers(): void {
    for (const [url, taken] of [...this.taken]) {
      if (url.includes('*')) continue;
      const missing = METHODS.filter((method) => !taken.has(method));
      const allow = [...taken].filter((method) => method !== 'HEAD' && method !== 'OPTIONS').join(', ');
      if (missing.length === 0 || allow === '') continue;
      this.fastify.route({
        method: [...missing],
        url,
        handler: (_request, reply) => refuse(reply.header('allow', allow), 405),
      });
    }
  }
}
