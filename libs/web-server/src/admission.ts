import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Counter } from 'prom-client';
import { metricsRegistry } from './metrics.js';
import { refusalOf } from './refusal.js';

/** `always`: cheap and needed by those who watch us; `first`: before `last` when not everything can be answered. */
export type Urgency = 'always' | 'first' | 'last';

export interface AdmissionOptions {
  /** Requests that may be under way at once; those that go last get two thirds of it. */
  readonly most: number;
  readonly urgencyOf: (path: string) => Urgency;
}

/** How long one turn of the event loop may begin requests: what has come meanwhile would be answered too late. */
const TURN_MILLISECONDS = { first: 60, last: 30 } as const;
/** So many may begin in every turn: a few requests on a machine that is busy otherwise are no crowd. */
const LEAST_A_TURN = 100;
const LAST_SHARE = 2 / 3;
/** Those that we sent away shall not all come back at the same moment. */
const LONGEST_RETRY_SECONDS = 3;

const BUSY = refusalOf(503, 'too many requests at this moment: try again');
const BODY = JSON.stringify({ error: 'temporarily_unavailable', error_description: BUSY.description });
const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'content-length': String(Buffer.byteLength(BODY)),
};

const shed = new Counter({
  name: 'http_requests_shed_total',
  help: 'Requests that were sent away unread since there were too many',
  labelNames: ['urgency'] as const,
  registers: [metricsRegistry],
});

/**
 * Answers as many requests as can be answered in time and sends the others away at next to no cost, instead of letting
 * all of them wait. It counts what is under way, and for how long the present turn of the event loop has been beginning
 * requests: work that never waits doesn't pile up as requests under way, but as connections that nobody has read yet.
 */
export class Admission {
  private underWay = 0;
  private turnBegan: number | undefined;
  private begunThisTurn = 0;
  private readonly most: { readonly first: number; readonly last: number };

  constructor({ most }: Pick<AdmissionOptions, 'most'>) {
    this.most = { first: most, last: Math.max(1, Math.floor(most * LAST_SHARE)) };
  }

  /** Whether a request may begin now. */
  admits(urgency: 'first' | 'last'): boolean {
    const spent = this.spentThisTurn();
    if (this.underWay >= this.most[urgency]) return false;
    return this.begunThisTurn < LEAST_A_TURN || spent <= TURN_MILLISECONDS[urgency];
  }

  /** Counts a request until its answer has left or its connection is gone. */
  begin(response: ServerResponse): void {
    if (response.closed) return;
    this.underWay += 1;
    this.begunThisTurn += 1;
    response.once('close', () => (this.underWay -= 1));
  }

  private spentThisTurn(): number {
    const now = performance.now();
    if (this.turnBegan === undefined) {
      this.turnBegan = now;
      this.begunThisTurn = 0;
      // Runs when everything that this turn has read is done.
      setImmediate(() => (this.turnBegan = undefined));
    }
    return now - this.turnBegan;
  }
}

/** Puts the admission before everything else that happens to a request, parsing of its address and logging included. */
export function admitRequests(server: Server, { most, urgencyOf }: AdmissionOptions): void {
  const admission = new Admission({ most });
  const answer = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { url = '/' } = request;
    const mark = url.indexOf('?');
    const urgency = urgencyOf(mark < 0 ? url : url.slice(0, mark));
    if (urgency !== 'always') {
      if (!admission.admits(urgency)) return sendAway(response, urgency);
      // Not before its body has come: whoever sends it drop by drop must not take a place from others.
      if (hasBody(request)) request.once('end', () => admission.begin(response));
      else admission.begin(response);
    }
    for (const listener of answer) listener.call(server, request, response);
  });
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function sendAway(response: ServerResponse, urgency: Urgency): void {
  shed.inc({ urgency });
  const retryAfter = String(1 + Math.floor(Math.random() * LONGEST_RETRY_SECONDS));
  response.writeHead(503, { ...HEADERS, 'retry-after': retryAfter }).end(BODY);
}
