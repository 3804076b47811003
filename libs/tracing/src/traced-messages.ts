import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Observable } from 'rxjs';

/** What of Nest's NATS context is read here. */
interface MessageContext {
  getSubject(): string;
  getHeaders(): { get(name: string): string; keys(): string[] } | undefined;
}

const TRACER = 'tandem-messages';

/** Makes a span of every message that is answered, as a part of the trace that its headers name. */
export class TracedMessages implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const message = execution.switchToRpc().getContext<MessageContext>();
    const subject = message.getSubject();
    const parent = propagation.extract(ROOT_CONTEXT, message.getHeaders(), {
      keys: (headers) => headers?.keys() ?? [],
      get: (headers, name) => headers?.get(name) || undefined,
    });
    const attributes = { 'messaging.system': 'nats', 'messaging.destination.name': subject };
    const span = trace.getTracer(TRACER).startSpan(`${subject} process`, { kind: SpanKind.SERVER, attributes }, parent);
    const within = trace.setSpan(parent, span);
    return new Observable((subscriber) =>
      context.with(within, () =>
        next.handle().subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            span.setStatus({ code: SpanStatusCode.ERROR });
            span.end();
            subscriber.error(error);
          },
          complete: () => {
            span.end();
            subscriber.complete();
          },
        }),
      ),
    );
  }
}
