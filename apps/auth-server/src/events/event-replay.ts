import { EVENT_STREAM, GRANT_STREAM } from '@tandem/contracts';
import { InvalidTokenError } from '@tandem/jwt';
import { StreamReader } from '@tandem/messaging';
import { Inject, Injectable } from '@nestjs/common';
import { GrantRecordStore } from '@tandem/persistence';
import { setTimeout as pause } from 'node:timers/promises';
import { Clock } from '../clock.js';
import type { AuthServerConfig } from '../config.js';
import { CONFIG } from '../tokens.js';
import { EventVerification } from './event-verification.js';
import { differencesOf } from './grant-differences.js';
import { GrantsView } from './grants-view.js';

/** What a replay found. */
export interface ReplayReport {
  readonly events: number;
  /** Messages that we did not sign, or that are not what their subject says. */
  readonly refused: number;
  readonly viewed: number;
  readonly compared: number;
  /** Grants that were issued before the record begins: nothing can be said of them. */
  readonly older: number;
  readonly differences: readonly string[];
}

const PAGE = 2_000;
/** A change takes a moment to arrive: what differs is looked at again, so many times, so long after one another. */
const LOOKS = 8;
const LOOK_AGAIN_MILLISECONDS = 1_000;
/** Packs are in no order: where the record was cut, it may lack some of so many seconds. */
const CUT_SECONDS = 60;

/** One pass over the streams into a view of the grants, and the view beside PostgreSQL. */
class Replay {
  readonly view = new GrantsView();
  private readonly read: Record<string, number> = { [EVENT_STREAM]: 0, [GRANT_STREAM]: 0 };
  private events = 0;
  private refused = 0;
  private older = 0;
  private compared = 0;
  private isCut = false;

  constructor(
    private readonly reader: StreamReader,
    private readonly verification: EventVerification,
    private readonly record: GrantRecordStore,
    private readonly now: () => number,
  ) {}

  async run(): Promise<ReplayReport> {
    await this.catchUp();
    let differing = await this.compareAll();
    for (let look = 1; look < LOOKS && differing.size > 0; look += 1) {
      await pause(LOOK_AGAIN_MILLISECONDS);
      await this.catchUp();
      differing = await this.compareOnly([...differing.keys()]);
    }
    const { events, refused, older, compared, view } = this;
    return { events, refused, viewed: view.size, compared, older, differences: [...differing.values()].flat() };
  }

  /** Takes what has come since the last time. */
  private async catchUp(): Promise<void> {
    const proof = await this.verification.proof();
    for (const [stream, done] of Object.entries(this.read)) {
      const { first, last } = await this.reader.extent(stream);
      if (stream === GRANT_STREAM) this.isCut = first > 1;
      for await (const { subject, text } of this.reader.read(stream, Math.max(first, done + 1), last)) {
        try {
          for (const event of proof(subject, text)) {
            this.view.take(event);
            this.events += 1;
          }
        } catch (error) {
          if (!(error instanceof InvalidTokenError)) throw error;
          this.refused += 1;
        }
      }
      this.read[stream] = last;
    }
  }

  private async compareAll(): Promise<ReadonlyMap<string, readonly string[]>> {
    const differing = new Map<string, readonly string[]>();
    const note = (grantId: string, found: readonly string[]): void => {
      if (found.length > 0) differing.set(grantId, found);
    };
    const since = this.view.since + (this.isCut ? CUT_SECONDS : 0);
    const seen = new Set<string>();
    for (let after: string | undefined = ''; after !== undefined;) {
      const grants = await this.record.page(after, PAGE);
      for (const grant of grants) {
        const viewed = this.view.find(grant.grantId);
        seen.add(grant.grantId);
        if (viewed === undefined && grant.createdAt < since) this.older += 1;
        else {
          this.compared += 1;
          note(grant.grantId, differencesOf(grant.grantId, viewed, grant, this.now()));
        }
      }
      after = grants.length < PAGE ? undefined : grants.at(-1)?.grantId;
    }
    for (const [grantId, viewed] of this.view.entries())
      if (!seen.has(grantId)) note(grantId, differencesOf(grantId, viewed, undefined, this.now()));
    return differing;
  }

  private async compareOnly(grantIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const kept = new Map((await this.record.of(grantIds)).map((grant) => [grant.grantId, grant]));
    const found = grantIds.map(
      (grantId) => [grantId, differencesOf(grantId, this.view.find(grantId), kept.get(grantId), this.now())] as const,
    );
    return new Map(found.filter(([, differences]) => differences.length > 0));
  }
}

/** Rebuilds the grants from the streams alone and compares them with PostgreSQL; changes nothing. */
@Injectable()
export class EventReplay {
  constructor(
    @Inject(CONFIG) private readonly config: AuthServerConfig,
    private readonly verification: EventVerification,
    private readonly record: GrantRecordStore,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<ReplayReport> {
    const { nats } = this.config;
    if (nats === undefined) throw new Error('NATS_URL is not set: there is no stream to replay');
    const reader = await StreamReader.open(nats.url, nats.auditorSeedFile);
    try {
      return await new Replay(reader, this.verification, this.record, () => this.clock.now()).run();
    } finally {
      await reader.close();
    }
  }
}
