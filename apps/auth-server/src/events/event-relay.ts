import { HEARTBEAT_SECONDS } from '@tandem/contracts';
import { INBOXES, NatsLink, OutboxRelay } from '@tandem/messaging';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { OutboxStore } from '@tandem/persistence';
import { metricsRegistry } from '@tandem/web-server';
import { Counter, Gauge } from 'prom-client';
import type { AuthServerConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import { EventSigning } from './event-signing.js';

/** Runs the relay from outbox to stream, and the heartbeat that goes the same way. Without NATS the events wait. */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(EventRelay.name);
  private readonly link: NatsLink | undefined;
  private readonly relay: OutboxRelay | undefined;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) { nats }: AuthServerConfig,
    private readonly outbox: OutboxStore,
    signing: EventSigning,
  ) {
    if (nats === undefined) return;
    const { url, relaySeedFile: seedFile } = nats;
    const logger = this.logger;
    const credentials = seedFile === undefined ? {} : { seedFile, inboxPrefix: INBOXES.relay };
    this.link = new NatsLink({ url, name: 'auth-server relay', ...credentials }, logger);
    const published = new Counter({
      name: 'events_published_total',
      help: 'Events that the stream acknowledged',
      registers: [metricsRegistry],
    });
    this.relay = new OutboxRelay({
      source: outbox,
      link: this.link,
      sign: (event) => signing.sign(event),
      logger,
      onPublished: (count) => published.inc(count),
    });
    const depth: Gauge = new Gauge({
      name: 'outbox_depth',
      help: 'Events that wait to be published',
      registers: [metricsRegistry],
      // While the database is away everything else is still to be seen.
      collect: async () => depth.set(await outbox.depth().catch(() => Number.NaN)),
    });
  }

  onApplicationBootstrap(): void {
    if (this.relay === undefined) return;
    this.link?.start();
    this.relay.start();
    const beat = (): void => {
      // A beat that can't be written is missed by the listeners, which is what it is for.
      this.outbox
        .beat(HEARTBEAT_SECONDS - 1)
        .catch((error: unknown) => this.logger.warn({ cause: String(error) }, 'no heartbeat'));
    };
    this.heartbeat = setInterval(beat, HEARTBEAT_SECONDS * 1_000);
    this.heartbeat.unref();
    beat();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.heartbeat);
    await this.relay?.stop();
    await this.link?.stop();
  }
}
