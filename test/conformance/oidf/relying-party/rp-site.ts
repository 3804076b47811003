import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tandemUnderTest } from '../../../support/tandem-under-test.js';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Document {
  readonly type: string;
  readonly body: string;
}

/** The relying party's own web site on this machine: documents that the server fetches, and calls that it makes. */
export class RpSite {
  private readonly documents = new Map<string, Document>();
  private readonly received: ReceivedRequest[] = [];
  private readonly waiting: ((request: ReceivedRequest) => void)[] = [];

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      void read(request).then((whole) => {
        this.take(whole);
        const document = this.documents.get(whole.path);
        response.writeHead(document === undefined ? 404 : 200, {
          ...(document === undefined ? {} : { 'content-type': document.type }),
          'cache-control': 'no-store',
        });
        response.end(document?.body);
      });
    });
  }

  /** Port 0 is any. */
  static async open(port: number): Promise<RpSite> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new RpSite(server);
  }

  /** Publishes a document (or replaces it) and tells its address. */
  publish(path: string, body: string | object, type = 'application/json'): string {
    this.documents.set(path, { type, body: typeof body === 'string' ? body : JSON.stringify(body) });
    return this.address(path);
  }

  address(path: string): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** The next request that nobody has taken yet. */
  nextRequest(): Promise<ReceivedRequest> {
    const first = this.received.shift();
    return first === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(first);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(request: ReceivedRequest): void {
    const taker = this.waiting.shift();
    if (taker === undefined) this.received.push(request);
    else taker(request);
  }
}

async function read(request: IncomingMessage): Promise<ReceivedRequest> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
}

/** A site for as long as `work` needs it. */
export const withRpSite = <Result>(work: (site: RpSite) => Promise<Result>): Promise<Result> => workAt(work, 0);

let turn: Promise<unknown> = Promise.resolve();

/** As `withRpSite`, at the one address that was declared: modules that need it take turns. */
export function withDeclaredRpSite<Result>(work: (site: RpSite) => Promise<Result>): Promise<Result> {
  const { relyingPartyPort } = tandemUnderTest().conformance;
  const result = turn.then(() => workAt(work, relyingPartyPort));
  turn = result.catch(() => undefined);
  return result;
}

async function workAt<Result>(work: (site: RpSite) => Promise<Result>, port: number): Promise<Result> {
  const site = await RpSite.open(port);
  try {
    return await work(site);
  } finally {
    await site.close();
  }
}
