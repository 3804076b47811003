import { setFlagsFromString } from 'node:v8';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { startListening } from './listening.js';
import type { ListenOptions } from './listening.js';

/**
 * How much the heap may grow, in percent, before the old generation is collected. By its own rule V8 lets it become four
 * times as large on a big machine; collecting sooner made no difference to CPU that could be measured.
 */
const HEAP_GROWTH_PERCENT = 40;

export interface ServeOptions extends ListenOptions {
  /** Whether to end when standard input closes: then a starter that dies leaves nothing behind. */
  readonly exitWithParent: boolean;
  readonly logger: Logger;
}

/** Listens until told to stop, then drains: not ready at once, still serving for the grace time, then done with what is in flight. */
export async function serve(app: NestFastifyApplication, options: ServeOptions): Promise<void> {
  const { logger } = options;
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
  const { url, managementUrl, drain } = await startListening(app, options);
  stopOn(options, drain);
  // The one line that starters wait for, so it is there at every level.
  logger
    .child({}, { level: 'info' })
    .info({ url, ...(managementUrl === undefined ? {} : { managementUrl }) }, 'listening');
}

/** Drains once, whoever asks first, and ends the process. */
function stopOn({ logger, exitWithParent }: ServeOptions, drain: () => Promise<void>): void {
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'shutting down');
    drain().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the shutdown failed');
        process.exit(1);
      },
    );
  };
  // `on`, not `once`: a second signal must not end the process while it drains.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
  if (!exitWithParent) return;
  process.stdin.resume();
  for (const end of ['end', 'error'] as const) process.stdin.once(end, () => stop('the parent is gone'));
}
