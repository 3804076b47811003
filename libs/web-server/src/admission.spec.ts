import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { admitRequests } from './admission.js';
import type { Urgency } from './admission.js';

const URGENCIES: Readonly<Record<string, Urgency>> = { '/token': 'first', '/health': 'always' };

describe('the admission of requests', () => {
  let server: Server;
  let url: string;
  /** Requests that the handler has taken and not answered yet. */
  let held: ServerResponse[];
  /** Milliseconds for which the next requests keep the event loop. */
  let busyMilliseconds: number;
  beforeEach(async () => {
    [held, busyMilliseconds] = [[], 0];
    server = createServer((request, response) => {
      const end = performance.now() + busyMilliseconds;
      while (performance.now() < end);
      if (busyMilliseconds > 0 || request.url === '/health') return void response.end('done');
      held.push(response);
      server.emit('held');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** Sends a request that stays unanswered; resolves when the handler has it. */
  async function hold(path: string): Promise<void> {
    const taken = once(server, 'held');
    fetch(`${url}${path}`).catch(() => undefined);
    await taken;
  }

  const admit = (most: number): void => admitRequests(server, { most, urgencyOf: (path) => URGENCIES[path] ?? 'last' });

  it('accepts so many at once, sends the next away with when to come again, and accepts anew when one is done', async () => {
    admit(3);
    await hold('/page?code=x');
    await hold('/page');
    const refused = await fetch(`${url}/page`);
    expect([refused.status, refused.headers.get('cache-control')]).toEqual([503, 'no-store']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
    const done = once(held[0] as ServerResponse, 'close');
    held[0]?.end('done');
    await done;
    await hold('/page');
    expect(held).toHaveLength(3);
  });

  it('accepts what goes first when what goes last is sent away, and what is always answered when nothing else is', async () => {
    admit(3);
    await hold('/page');
    await hold('/page');
    expect((await fetch(`${url}/page`)).status).toBe(503);
    await hold('/token');
    expect((await fetch(`${url}/token`)).status).toBe(503);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  it('accepts anew after a client has gone away without its answer', async () => {
    admit(3);
    const aborted = new AbortController();
    const taken = once(server, 'held');
    fetch(`${url}/page`, { signal: aborted.signal }).catch(() => undefined);
    await taken;
    const gone = once(held[0] as ServerResponse, 'close');
    aborted.abort();
    await gone;
    await hold('/page');
    await hold('/page');
    expect((await fetch(`${url}/page`)).status).toBe(503);
  });

  it('sends away what came while one turn of the event loop was busy for too long', async () => {
    admit(1_000);
    const crowd = (path: string): Promise<readonly number[]> =>
      Promise.all(
        Array.from({ length: 180 }, async () => {
          const response = await fetch(`${url}${path}`);
          await response.text();
          return response.status;
        }),
      );
    // Connections that are open already bring their requests at the same moment.
    await crowd('/health');
    busyMilliseconds = 1;
    const statuses = await crowd('/token');
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(statuses).toContain(503);
    expect((await fetch(`${url}/token`)).status).toBe(200);
  });
});
