import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENT_SUBJECT_PREFIX } from '@tandem/contracts';
import type { AnyDomainEvent } from '@tandem/contracts';
import { startNats } from '@tandem/dev';
import type { Nats } from '@tandem/dev';
import { NatsLink, OutboxRelay, provision } from '@tandem/messaging';
import type { OutboxEntry } from '@tandem/messaging';

/** A nats-server with the event stream, and a relay whose events a spec signs, well or badly, as it likes. */
export class TestBus {
  private readonly dataDir = mkdtempSync(join(tmpdir(), 'rs-spec-'));
  private readonly raw = new Map<string, string>();
  private waiting: OutboxEntry[] = [];
  private wake: () => void = () => undefined;
  private server: Nats | undefined;
  private link: NatsLink | undefined;
  private relay: OutboxRelay | undefined;

  async start(): Promise<void> {
    this.server = await startNats({ dataDir: this.dataDir });
    await provision(this.url, undefined, { instances: ['1'] });
    const logger = { warn: () => undefined };
    this.link = new NatsLink({ url: this.url, name: 'spec relay' }, logger);
    this.relay = new OutboxRelay({
      source: {
        publishBatch: async (limit, publish) => {
          const settled = await publish(this.waiting.slice(0, limit));
          this.waiting = this.waiting.filter(({ id }) => !settled.has(id));
          return settled.size;
        },
        onWake: (listener) => {
          this.wake = listener;
          return () => undefined;
        },
        reopen: async () => 0,
      },
      link: this.link,
      subject: ({ type }) => `${EVENT_SUBJECT_PREFIX}${type}`,
      sign: ({ id }) => this.raw.get(id) ?? '',
      logger,
    });
    this.link.start();
    this.relay.start();
  }

  get url(): string {
    if (this.server === undefined) throw new Error('the bus was not started');
    return this.server.url;
  }

  /** Publishes `raw` as an event of this type. */
  publish(type: AnyDomainEvent['type'], raw: string): void {
    const id = randomUUID();
    this.raw.set(id, raw);
    this.waiting.push({ id, key: 'spec', event: { id, type, at: 0 } as AnyDomainEvent });
    this.wake();
  }

  async stop(): Promise<void> {
    await this.relay?.stop();
    await this.link?.stop();
    await this.server?.stop();
  }

  /** Everything that it held is gone when it starts again. */
  loseStore(): void {
    rmSync(join(this.dataDir, 'store'), { recursive: true, force: true });
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
