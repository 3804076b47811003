import { INBOXES, NatsLink } from '@tandem/messaging';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { AuthServerConfig } from '../config.js';
import { CONFIG } from '../tokens.js';

/** The one connection over which we publish; absent when there is no NATS. It outlives those who publish. */
@Injectable()
export class RelayLink implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly link: NatsLink | undefined;

  constructor(@Inject(CONFIG) { nats }: AuthServerConfig) {
    if (nats === undefined) return;
    const { url, relaySeedFile: seedFile } = nats;
    const credentials = seedFile === undefined ? {} : { seedFile, inboxPrefix: INBOXES.relay };
    this.link = new NatsLink({ url, name: 'auth-server relay', ...credentials }, new Logger(RelayLink.name));
  }

  onApplicationBootstrap(): void {
    this.link?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.link?.stop();
  }
}
