import { InvalidTokenError } from '@tandem/jwt';
import { INBOXES, LogoutListener, SAMPLE_RECEIVER } from '@tandem/messaging';
import type { Verdict } from '@tandem/messaging';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import { Logouts } from './logouts.js';

/** Deliveries of a token whose key is unknown to us before it counts as forged. */
const MOST_DELIVERIES = 12;

/** Takes the logout tokens of registrations that say `backchannel_logout_nats`, also those that came while we were away. */
@Injectable()
export class NatsLogouts implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(NatsLogouts.name);
  private readonly listener: LogoutListener | undefined;

  constructor(
    @Inject(CONFIG) { nats }: SampleClientConfig,
    private readonly logouts: Logouts,
  ) {
    if (nats === undefined) return;
    this.listener = new LogoutListener({
      ...nats,
      ...{ receiver: SAMPLE_RECEIVER, inboxPrefix: INBOXES.client, logger: this.logger },
      onLogoutToken: (token, delivery) => this.take(token, delivery),
    });
  }

  onApplicationBootstrap(): void {
    this.listener?.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.listener?.stop();
  }

  private async take(token: string, delivery: number): Promise<Verdict> {
    try {
      await this.logouts.take(token, 'kept_logout_token');
      return 'ack';
    } catch (error) {
      // Anything else is for later: the provider's keys can not be had now.
      if (!(error instanceof InvalidTokenError)) throw error;
      if (error.reason === 'unknown_key' && delivery < MOST_DELIVERIES) return 'nak';
      this.logger.warn({ reason: error.reason }, 'a logout token from NATS was refused');
      return 'term';
    }
  }
}
