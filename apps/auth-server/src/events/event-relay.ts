import { EVENT_SUBJECT_PREFIX, GRANT_SUBJECT, HEARTBEAT_SECONDS } from '@tandem/contracts';
import type { GrantEventPack } from '@tandem/contracts';
import { OutboxRelay } from '@tandem/messaging';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { GrantOutboxStore, OutboxStore } from '@tandem/persistence';
import { metricsRegistry } from '@tandem/web-server';
import { Counter, Gauge } from 'prom-client';
import { EventSigning } from './event-signing.js';
import { RelayLink } from './relay-link.js';

/** Nobody waits for the record of grants: what a second brought goes together. */
const RECORD_MILLISECONDS = 1_000;

/**
 * Runs the relays from outbox to stream, and the heartbeat that goes the same way. What APIs wait for has one of its own:
 * it never stands behind the record of the sign-ins. Without NATS the events wait.
 */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(EventRelay.name);
  private readonly events: OutboxRelay | undefined;
  private readonly record: OutboxRelay<GrantEventPack> | undefined;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    { link }: RelayLink,
    private readonly outbox: OutboxStore,
    grantOutbox: GrantOutboxStore,
    signing: EventSigning,
  ) {
    if (link === undefined) return;
    const { logger } = this;
    const published = new Counter({
      name: 'events_published_total',
      help: 'Events that a stream acknowledged',
      registers: [metricsRegistry],
    });
    const common = { link, logger, onPublished: (count: number): void => published.inc(count) };
    this.events = new OutboxRelay({
      ...common,
      source: outbox,
      subject: ({ type }) => `${EVENT_SUBJECT_PREFIX}${type}`,
      sign: (event) => signing.sign(event),
    });
    this.record = new OutboxRelay<GrantEventPack>({
      ...common,
      source: grantOutbox,
      subject: () => GRANT_SUBJECT,
      sign: (pack) => signing.signPack(pack),
      idleMilliseconds: RECORD_MILLISECONDS,
    });
    countWaiting('outbox_depth', 'Events that wait to be published', outbox);
    countWaiting('grant_outbox_depth', 'Events of the record of grants that wait to be published', grantOutbox);
  }

  onApplicationBootstrap(): void {
    if (this.events === undefined) return;
    this.events.start();
    this.record?.start();
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
    await Promise.all([this.events?.stop(), this.record?.stop()]);
  }
}

function countWaiting(name: string, help: string, outbox: { depth(): Promise<number> }): void {
  const depth: Gauge = new Gauge({
    ...{ name, help },
    registers: [metricsRegistry],
    // While the database is away everything else is still to be seen.
    collect: async () => depth.set(await outbox.depth().catch(() => Number.NaN)),
  });
}
