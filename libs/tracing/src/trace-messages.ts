import type { INestMicroservice } from '@nestjs/common';
import { TracedMessages } from './traced-messages.js';

/** What Nest's own class has beside its interface. */
interface ConnectedMicroservice extends INestMicroservice {
  setIsInitHookCalled(called: boolean): void;
}

/** Traces what a microservice answers that is connected to an HTTP application with `deferInitialization`. */
export function traceMessages(bus: INestMicroservice): void {
  bus.useGlobalInterceptors(new TracedMessages());
  // Initialised late it would call the hooks of the whole application a second time: every timer and connection twice.
  (bus as ConnectedMicroservice).setIsInitHookCalled(true);
}
