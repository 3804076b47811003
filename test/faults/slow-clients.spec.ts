import { connect, type Socket } from 'node:net';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { Load, unseemly } from '../support/load.js';
import { delaysOf, report, until } from '../support/measurement.js';
import { residentMiB } from '../support/process-figures.js';

const IDLE = Number(process.env['IDLE_CONNECTIONS'] ?? 10_000);
/** Of each kind. */
const SLOW = 500;
const PER_SECOND = 50;
const SECONDS = 14;
/** A request has ten seconds in all, and is looked at every second. */
const CLOSED_AFTER_MS = 12_500;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const START: Readonly<Record<'header' | 'body' | 'idle', string>> = {
  header: 'GET /.well-known/jwks.json HTTP/1.1\r\nhost: x\r\n',
  body: 'POST /oauth/token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 5000\r\n\r\n',
  idle: '',
};

describe('clients that take their time', () => {
  let tandem: RunningTandem;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'], env: { LOG_LEVEL: 'error' } });
  }, 60_000);
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await tandem?.stop();
  }, 60_000);

  it(`answers the others beside ${IDLE} idle connections and ${2 * SLOW} slow ones, and closes the slow ones`, async () => {
    const { port } = new URL(tandem.app('auth-server').url);
    const client = new DemoClient(tandem);
    let token = (await client.tokens('openid offline_access read:orders')).refresh_token as string;
    let isRefreshing = false;
    const honest = async (load: Load): Promise<void> => {
      if (isRefreshing) return void (await load.send('revoke', () => client.revoke('a token that nobody has')));
      isRefreshing = true;
      const answer = await load.send('refresh', () => client.refresh(token));
      if (answer?.status === 200) token = ((await answer.json()) as { refresh_token: string }).refresh_token;
      isRefreshing = false;
    };
    const alone = new Load();
    alone.start(PER_SECOND, () => honest(alone));
    await pause(4_000);
    await alone.stop();
    const before = residentMiB(tandem.app('auth-server').pid);
    const load = new Load();
    load.start(PER_SECOND, () => honest(load));
    const closed: Record<string, number[]> = { header: [], body: [], idle: [] };
    let refused = 0;
    const open = (kind: keyof typeof START): void => {
      const socket = connect(Number(port), '127.0.0.1');
      let opened = 0;
      socket.on('connect', () => {
        opened = performance.now();
        if (START[kind] !== '') socket.write(START[kind]);
      });
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      socket.on('close', () => {
        const after = performance.now() - opened;
        // More than it takes are turned away at the door.
        if (kind === 'idle' && after < 1_000) refused += 1;
        else closed[kind]?.push(after);
      });
      sockets.push(socket);
    };
    const dripping = setInterval(() => {
      for (const socket of sockets.slice(0, 2 * SLOW)) if (socket.writable) socket.write('a');
    }, 1_000);
    const began = performance.now();
    for (let index = 0; index < SLOW; index += 1) for (const kind of ['header', 'body'] as const) open(kind);
    for (let index = 0; index < IDLE; index += 1) {
      open('idle');
      if (index % 100 === 99) await pause(10);
    }
    await pause(1_000);
    const during = residentMiB(tandem.app('auth-server').pid);
    await pause(SECONDS * 1_000 - Math.max(0, performance.now() - began));
    expect(await until(async () => closed['header']?.length === SLOW && closed['body']?.length === SLOW, 10)).toBe(
      true,
    );
    clearInterval(dripping);
    await load.stop();
    const longest = Math.max(...(closed['header'] as number[]), ...(closed['body'] as number[]));
    const quiet = delaysOf(alone.samples.map(({ ms }) => ms));
    const beside = delaysOf(load.samples.map(({ ms }) => ms));
    report('slow-clients', {
      idle: IDLE,
      refused_at_the_door: refused,
      slow: 2 * SLOW,
      slow_closed_after_ms: Math.round(longest),
      n: load.samples.length,
      statuses: load.statuses(),
      ...{ alone_p99_ms: quiet.p99_ms, p50_ms: beside.p50_ms, p99_ms: beside.p99_ms, max_ms: beside.max_ms },
      ...{ rss_before_mib: before, rss_mib: during },
      invariant_violations: unseemly(load.samples, 2_500).length,
    });
    // While ten thousand connections are being taken, some are told to come again.
    expect(load.statuses()['200']).toBeGreaterThan(0.95 * load.samples.length);
    expect(unseemly(load.samples, 2_500)).toEqual([]);
    expect(longest).toBeLessThan(CLOSED_AFTER_MS);
    expect(during - before).toBeLessThan(400);
  });
});
