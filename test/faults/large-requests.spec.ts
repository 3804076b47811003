import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { delaysOf, report } from '../support/measurement.js';
import { residentMiB } from '../support/process-figures.js';

const AT_ONCE = 50;
const ONE_BY_ONE = 20;
const LOOK_MS = 10;
/** How much more memory the server may hold while all of them come at once. */
const MORE_MIB = 50;
const REFUSED_MS = 50;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const MEBIBYTE = 1_024 * 1_024;

interface Large {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly refused: number;
}

const text = (part: string, times: number): Buffer => Buffer.from(part.repeat(times));
const TOKEN = { path: '/oauth/token', headers: FORM };
const LARGE: Readonly<Record<string, Large>> = {
  'a form of 1 MiB': { ...TOKEN, body: text('a', MEBIBYTE), refused: 413 },
  'a form of 1 MiB of unknown length': {
    ...{ path: '/oauth/token', headers: { ...FORM, 'transfer-encoding': 'chunked' } },
    ...{ body: text('a', MEBIBYTE), refused: 413 },
  },
  'JSON of 1 MiB': {
    ...{ path: '/oauth/token', headers: { 'content-type': 'application/json' } },
    ...{ body: text('[', MEBIBYTE), refused: 413 },
  },
  'a sign-in of 1 MiB': { path: '/login', headers: FORM, body: text('a', MEBIBYTE), refused: 413 },
  '60 MiB packed into 60 kB': {
    ...{ path: '/oauth/token', headers: { ...FORM, 'content-encoding': 'gzip' } },
    ...{ body: gzipSync(Buffer.alloc(60 * MEBIBYTE)), refused: 415 },
  },
  '100,000 parameters': { ...TOKEN, body: text('a=&', 100_000), refused: 413 },
  'as many parameters as fit': { ...TOKEN, body: text('a=&', 21_000), refused: 400 },
  'a query of 100,000 parameters': { method: 'GET', path: `/authorize?${'a=&'.repeat(100_000)}`, refused: 431 },
};

describe('requests that are too large', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'], env: { LOG_LEVEL: 'error' } });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  /** The status and the milliseconds to it; 0 when the connection broke before. */
  function send({ method = 'POST', path, headers = {}, body }: Large): Promise<readonly [number, number]> {
    const began = performance.now();
    return new Promise((resolve) => {
      const settle = (status: number): void => resolve([status, performance.now() - began]);
      const length = body === undefined || 'transfer-encoding' in headers ? {} : { 'content-length': body.length };
      const sent = request(`${tandem.app('auth-server').url}${path}`, {
        ...{ method, agent: false, headers: { ...headers, ...length } },
      });
      sent.on('response', (answer) => {
        answer.resume();
        settle(answer.statusCode ?? 0);
      });
      // The server need not take what it has refused already.
      sent.on('error', () => settle(0));
      sent.end(body);
    });
  }

  it.each(Object.entries(LARGE))('are refused at little cost: %s', async (what, large) => {
    const { pid } = tandem.app('auth-server');
    const client = new DemoClient(tandem);
    const one: (readonly [number, number])[] = [];
    for (let turn = 0; turn < ONE_BY_ONE; turn += 1) one.push(await send(large));
    const before = residentMiB(pid);
    let most = before;
    const looking = setInterval(() => (most = Math.max(most, residentMiB(pid))), LOOK_MS);
    const all = await Promise.all(Array.from({ length: AT_ONCE }, () => send(large)));
    clearInterval(looking);
    const others = [...one, ...all].filter(([status]) => status !== large.refused);
    const [alone, together] = [one, all].map((some) => delaysOf(some.map(([, ms]) => ms)));
    report('large-requests', {
      what,
      n: one.length + all.length,
      status: large.refused,
      ...{ alone_p50_ms: alone?.p50_ms ?? 0, alone_max_ms: alone?.max_ms ?? 0, together_max_ms: together?.max_ms ?? 0 },
      ...{ rss_before_mib: before, rss_more_mib: Math.round((most - before) * 10) / 10 },
      invariant_violations: others.length,
    });
    expect(others).toEqual([]);
    expect(alone?.p50_ms).toBeLessThan(REFUSED_MS);
    expect(most - before).toBeLessThan(MORE_MIB);
    await client.tokens('openid');
  });
});
