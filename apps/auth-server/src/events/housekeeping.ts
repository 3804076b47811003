import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database, purgeExpired } from '@tandem/persistence';
import { SigningKeys } from '../signing-keys/signing-keys.js';

const PURGE_MILLISECONDS = 60_000;
const KEYS_MILLISECONDS = 30_000;
const MAINTAIN_MILLISECONDS = 3_600_000;

/** What goes on beside requests: expired rows leave in batches, keys are re-read, rotated when old and retired. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Housekeeping.name);
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly database: Database,
    private readonly keys: SigningKeys,
  ) {}

  onApplicationBootstrap(): void {
    this.every(PURGE_MILLISECONDS, 'purge', async () => {
      while (await purgeExpired(this.database));
    });
    this.every(KEYS_MILLISECONDS, 'key reload', () => this.keys.reload());
    this.every(MAINTAIN_MILLISECONDS, 'key maintenance', () => this.keys.maintain());
  }

  onModuleDestroy(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private every(milliseconds: number, what: string, work: () => Promise<void>): void {
    const timer = setInterval(() => {
      work().catch((error: unknown) => this.logger.warn({ cause: String(error) }, `${what} failed`));
    }, milliseconds);
    timer.unref();
    this.timers.push(timer);
  }
}
