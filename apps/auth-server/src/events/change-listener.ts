import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ClientStore, OutboxStore } from '@tandem/persistence';
import type { CommittedChange } from '@tandem/persistence';
import { SigningKeys } from '../signing-keys/signing-keys.js';

/**
 * Drops cached copies when another replica changed what they are of. It listens to PostgreSQL, which the replicas share
 * anyway: a notification leaves with the commit, needs no broker, and a lost connection drops everything.
 */
@Injectable()
export class ChangeListener implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(ChangeListener.name);
  private stop: (() => void) | undefined;

  constructor(
    private readonly outbox: OutboxStore,
    private readonly clients: ClientStore,
    private readonly keys: SigningKeys,
  ) {}

  onApplicationBootstrap(): void {
    this.stop = this.outbox.onWake((change) => this.take(change));
  }

  onModuleDestroy(): void {
    this.stop?.();
  }

  private take(change: CommittedChange | undefined): void {
    if (change === undefined) this.clients.forget();
    if (change?.type.startsWith('client.') === true) this.clients.forget(change.key.slice('client:'.length));
    if (change === undefined || change.type === 'keys.rotated') {
      this.keys
        .reload()
        .catch((error: unknown) => this.logger.warn({ cause: String(error) }, 'the keys can not be read again now'));
    }
  }
}
