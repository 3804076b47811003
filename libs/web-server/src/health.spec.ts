import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { drainApps, startApp, statusOfRaw } from './web-app.spec-support.js';

const never = (): Promise<boolean> => new Promise(() => undefined);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

describe('health and metrics', () => {
  afterEach(drainApps);
  it('tells that it is ready when every check is up', async () => {
    const app = await startApp({}, { checks: { database: () => true, bus: async () => true } });
    const ready = await fetch(`${app.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'up', checks: { database: 'up', bus: 'up' } }]);
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
  });

  it.each([
    ['answers false', () => false],
    ['throws', () => Promise.reject(new Error('down'))],
    ['never answers', never],
  ])('tells that it is not ready, within about a second, when a check %s', async (_how, check) => {
    const app = await startApp({}, { checks: { database: check, bus: () => true } });
    const started = performance.now();
    const ready = await fetch(`${app.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'down', checks: { database: 'down', bus: 'up' } },
    ]);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
  });

  it('shows metrics by route template and health on the management listener alone', async () => {
    const app = await startApp({}, { managementPort: await freePort(), checks: { bus: () => false } });
    await fetch(`${app.url}/things/client-supplied-marker`);
    expect((await fetch(`${app.url}/metrics`)).status).toBe(404);
    const metrics = await (await fetch(`${app.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/http_requests_total\{route="\/things\/:id",method="GET",status="200"\} \d/);
    expect(metrics).toContain('http_request_duration_seconds_bucket');
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
    expect(metrics).not.toContain('client-supplied-marker');
    expect((await fetch(`${app.managementUrl}/health/live`)).status).toBe(200);
    expect((await fetch(`${app.managementUrl}/health/ready`)).status).toBe(503);
    expect((await fetch(`${app.managementUrl}/things/1`)).status).toBe(404);
    expect((await fetch(`${app.managementUrl}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('tells on a kept connection that it drains, serves on, and closes that connection', async () => {
    const app = await startApp({}, { shutdownGraceSeconds: 1 });
    const socket = connect(app.port, '127.0.0.1').setEncoding('latin1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    const drained = app.drain();
    socket.write('GET /health/ready HTTP/1.1\r\nHost: here\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [string];
    expect(statusOfRaw(answer)).toBe(503);
    expect(answer).toContain('"status":"draining"');
    expect(answer.toLowerCase()).toContain('connection: close');
    expect((await fetch(`${app.url}/things/1`)).status).toBe(200);
    await Promise.all([drained, closed]);
    await expect(fetch(`${app.url}/things/1`)).rejects.toThrow(/fetch failed/);
  });
});
