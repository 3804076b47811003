/** What a request got, and when. `status` 0: no answer, the connection broke. */
export interface Sample {
  readonly kind: string;
  readonly status: number;
  readonly retryAfter: boolean;
  /** When it was sent, by `performance.now()`. */
  readonly at: number;
  readonly ms: number;
}

/** Any kind of answer: of `fetch`, or a page of the user agent. */
interface Answered {
  readonly status: number;
  readonly headers: Headers;
}

/** Sends requests at a steady pace, whether earlier ones were answered or not, and remembers what became of each. */
export class Load {
  readonly samples: Sample[] = [];
  private readonly running = new Set<Promise<unknown>>();
  private timer: NodeJS.Timeout | undefined;

  /** Sends one request and notes it; undefined when there was no answer. */
  async send<Answer extends Answered>(kind: string, request: () => Promise<Answer>): Promise<Answer | undefined> {
    const at = performance.now();
    const note = (status: number, retryAfter: boolean): void => {
      this.samples.push({ kind, status, retryAfter, at, ms: performance.now() - at });
    };
    try {
      const answer = await request();
      note(answer.status, answer.headers.has('retry-after'));
      return answer;
    } catch {
      note(0, false);
      return undefined;
    }
  }

  /** Begins `work` so often until `stop`. A late timer catches up, so that a slow server gets no less. */
  start(perSecond: number, work: () => Promise<unknown>): void {
    const began = performance.now();
    let begun = 0;
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
      for (; begun < due; begun += 1) {
        const one = work();
        this.running.add(one);
        void one.finally(() => this.running.delete(one));
      }
    }, 5);
  }

  /** Begins nothing more, and waits for what was begun. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.running);
  }

  /** How often each status came. */
  statuses(samples: readonly Sample[] = this.samples): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { status } of samples) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }
}

/** Answers that no client should ever see: an error that isn't 503 with Retry-After, or no answer in time. */
export const unseemly = (samples: readonly Sample[], longestMs: number): readonly Sample[] =>
  samples.filter(({ status, retryAfter, ms }) => (status >= 500 && (status !== 503 || !retryAfter)) || ms > longestMs);
