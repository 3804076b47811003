import type { AnyDomainEvent } from '@tandem/contracts';

/** What an outbox holds: domain events, or whatever else has a type. */
export interface Publishable {
  readonly type: string;
}

/** A committed event that waits to be published. `key` names its family: events of one family keep their order. */
export interface OutboxEntry<E extends Publishable = AnyDomainEvent> {
  readonly id: string;
  readonly key: string;
  readonly event: E;
}

/** Where the events wait. The store behind it marks what `publish` returns; everything else stays. */
export interface OutboxSource<E extends Publishable = AnyDomainEvent> {
  publishBatch(
    limit: number,
    publish: (entries: readonly OutboxEntry<E>[]) => Promise<ReadonlySet<string>>,
  ): Promise<number>;
  onWake(listener: () => void): () => void;
  /** Puts events of the last seconds back in line, after the stream has lost them. */
  reopen(withinSeconds: number): Promise<number>;
}
