import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnyDomainEvent } from '@tandem/contracts';
import { EVENT_STREAM } from '@tandem/contracts';
import { startNats } from '@tandem/dev';
import type { Nats } from '@tandem/dev';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { provision } from './event-stream.js';
import { NatsLink } from './nats-link.js';
import type { LinkLogger } from './nats-link.js';

/** A nats-server of a test's own, with the event stream, that can be stopped, robbed of its store, and started again. */
export class TestNats {
  private readonly dataDir = mkdtempSync(join(tmpdir(), 'nats-spec-'));
  private readonly links: NatsLink[] = [];
  private server: Nats | undefined;

  async start(): Promise<void> {
    this.server = await startNats({ dataDir: this.dataDir });
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  loseStore(): void {
    rmSync(join(this.dataDir, 'store'), { recursive: true, force: true });
  }

  get url(): string {
    if (this.server === undefined) throw new Error('the server was not started');
    return this.server.url;
  }

  provision(): Promise<void> {
    return provision(this.url, undefined, { instances: ['1', '2'], logoutReceivers: ['shop', 'mail'] });
  }

  link(logger: LinkLogger = { warn: () => undefined }): NatsLink {
    const link = new NatsLink({ url: this.url, name: 'spec' }, logger);
    this.links.push(link);
    link.start();
    return link;
  }

  /** Every event in the stream, oldest first. Specs publish events as JSON where the real ones are signed. */
  async events(): Promise<readonly AnyDomainEvent[]> {
    const connection = await connect({ servers: this.url });
    try {
      return await eventsAt(connection);
    } finally {
      await connection.close();
    }
  }

  async end(): Promise<void> {
    for (const link of this.links) await link.stop();
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

async function eventsAt(connection: NatsConnection): Promise<readonly AnyDomainEvent[]> {
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(EVENT_STREAM);
  const events: AnyDomainEvent[] = [];
  for (let sequence = Math.max(state.first_seq, 1); sequence <= state.last_seq; sequence += 1) {
    const message = await manager.direct.getMessage(EVENT_STREAM, { seq: sequence });
    if (message !== null) events.push(JSON.parse(new TextDecoder().decode(message.data)) as AnyDomainEvent);
  }
  return events;
}

/** Looks until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`it did not become so within ${seconds} s`);
    await pause(20);
  }
}
