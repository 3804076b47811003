import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { StorageUnavailable } from '@tandem/persistence';
import { sendJson } from '@tandem/web-server';
import type { FastifyReply } from 'fastify';
import { type Observable, throwError } from 'rxjs';

const RETRY_SECONDS = '1';
const REFUSAL = { error: 'temporarily_unavailable', error_description: 'try again in a moment' } as const;

/** A database that is away is no error of ours: callers hear that they may come again, over HTTP and over NATS. */
@Catch(StorageUnavailable)
export class StorageUnavailableFilter implements ExceptionFilter {
  catch(_error: StorageUnavailable, host: ArgumentsHost): void | Observable<never> {
    if (host.getType() !== 'http') return throwError(() => ({ status: 503, ...REFUSAL }));
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendJson(reply.header('retry-after', RETRY_SECONDS), 503, REFUSAL);
  }
}
