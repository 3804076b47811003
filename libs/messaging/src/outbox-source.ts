import type { AnyDomainEvent } from '@tandem/contracts';

/** A committed event that waits to be published. `key` names its family: events of one family keep their order. */
export interface OutboxEntry {
  readonly id: string;
  readonly key: string;
  readonly event: AnyDomainEvent;
}

/** Where the events wait. The store behind it marks what `publish` returns; everything else stays. */
export interface OutboxSource {
  publishBatch(
    limit: number,
    publish: (entries: readonly OutboxEntry[]) => Promise<ReadonlySet<string>>,
  ): Promise<number>;
  onWake(listener: () => void): () => void;
  /** Puts events of the last seconds back in line, after the stream has lost them. */
  reopen(withinSeconds: number): Promise<number>;
}
