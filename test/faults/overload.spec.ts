import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { Load, unseemly } from '../support/load.js';
import type { Sample } from '../support/load.js';
import { percentile, report, until } from '../support/measurement.js';
import { OwnPostgres } from '../support/own-postgres.js';
import { People, withPeople } from '../support/people.js';
import { RawRequests } from '../support/raw-requests.js';

const SECONDS = Number(process.env['OVERLOAD_SECONDS'] ?? 60);
const CAPACITY_SECONDS = 6;
const USERS = 32;
const TIMES = 5;
/** As many as an open loop needs while answers take their time. */
const CONNECTIONS = 500;
const PEOPLE = 64;
/** Refresh tokens in use. */
const FAMILIES = 150;
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  'content-type': 'application/x-www-form-urlencoded',
});
const WEB = basic('demo-web', 'demo-web-secret-please-change-0001');
const API = basic('demo-api', 'demo-api-secret-please-change-0001');

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const isGood = ({ status }: Sample): boolean => status === 200 || status === 303;
const shareOf = (some: readonly unknown[], all: readonly unknown[]): number =>
  Math.round((100 * some.length) / all.length) / 100;

describe('five times as many requests as the server can answer', () => {
  let postgres: OwnPostgres;
  let tandem: RunningTandem;
  let requests: RawRequests;
  let families: string[];
  let accessToken: string;
  let signInPath: string;
  let people: People;
  let turn = 0;
  beforeAll(async () => {
    postgres = await OwnPostgres.start();
    const databaseServerUrl = postgres.url;
    tandem = await startTandem({
      apps: ['auth-server'],
      env: { LOG_LEVEL: 'error' },
      databaseServerUrl,
      ...(await withPeople(PEOPLE)),
    });
    requests = new RawRequests(new URL(tandem.app('auth-server').url), CONNECTIONS);
    const client = new DemoClient(tandem);
    people = await People.open(tandem, PEOPLE);
    const { pathname, search } = client.authorizationUrl();
    signInPath = `${pathname}${search}`;
    families = [];
    for (let made = 0; made < FAMILIES; made += 1) {
      const tokens = await client.tokens('openid offline_access read:orders');
      families.push(tokens.refresh_token as string);
      accessToken = tokens.access_token;
    }
  }, 60_000);
  afterAll(async () => {
    requests?.close();
    await tandem?.stop();
    await postgres?.stop();
  }, 60_000);

  async function send(
    load: Load,
    kind: string,
    ...request: Parameters<RawRequests['send']>
  ): Promise<string | undefined> {
    return (await load.send(kind, () => requests.send(...request)))?.text;
  }

  const introspect = (load: Load): Promise<unknown> =>
    send(load, 'token', 'POST', '/oauth/introspect', API, `token=${accessToken}`);

  async function refresh(load: Load): Promise<unknown> {
    const token = families.pop();
    if (token === undefined) return introspect(load);
    const body = `grant_type=refresh_token&refresh_token=${token}`;
    const text = await send(load, 'token', 'POST', '/oauth/token', WEB, body);
    const next = text === undefined ? undefined : (JSON.parse(text) as { refresh_token?: string }).refresh_token;
    // Who was sent away comes again with the same token.
    families.push(next ?? token);
    return undefined;
  }

  /** Of ten requests eight are token traffic, one begins a sign-in and one brings a password, which costs most. */
  function one(load: Load): Promise<unknown> {
    turn += 1;
    if (turn % 10 === 0) return send(load, 'sign-in', 'GET', signInPath, { accept: 'text/html' });
    if (turn % 10 === 5) return logIn(load);
    return turn % 2 === 0 ? refresh(load) : introspect(load);
  }

  function logIn(load: Load): Promise<unknown> {
    const { headers, body } = people.loginOf((turn - 5) / 10);
    return send(load, 'sign-in', 'POST', '/login', headers, body);
  }

  async function measureCapacity(): Promise<number> {
    const load = new Load();
    const end = performance.now() + CAPACITY_SECONDS * 1_000;
    await Promise.all(
      Array.from({ length: USERS }, async () => {
        while (performance.now() < end) await one(load);
      }),
    );
    const warm = CAPACITY_SECONDS - 2;
    return load.samples.filter((sample) => isGood(sample) && sample.at > end - warm * 1_000).length / warm;
  }

  it(`answers nearly as many as ever for ${SECONDS} s, tells the others when to come again, and token requests go first`, async () => {
    const capacity = await measureCapacity();
    const load = new Load();
    const began = performance.now();
    load.start(capacity * TIMES, () => one(load));
    await pause(SECONDS * 1_000);
    const over = performance.now();
    const stopped = load.stop();
    const isQuick = async (): Promise<boolean> => {
      const probe = new Load();
      await introspect(probe);
      return probe.samples.every((sample) => isGood(sample) && sample.ms < 100);
    };
    expect(await until(isQuick, 30)).toBe(true);
    const recovery = performance.now() - over;
    await stopped;
    const { samples } = load;
    const goodput =
      samples.filter((sample) => isGood(sample) && sample.at + sample.ms <= over).length / ((over - began) / 1_000);
    const of = (kind: string): readonly Sample[] => samples.filter((sample) => sample.kind === kind);
    const acceptedOf = (kind: string): readonly Sample[] => of(kind).filter(isGood);
    const latency = (some: readonly Sample[], share: number): number =>
      Math.round(
        percentile(
          some.map(({ ms }) => ms),
          share,
        ),
      );
    report('overload', {
      capacity_per_s: Math.round(capacity),
      offered_per_s: Math.round(samples.length / ((over - began) / 1_000)),
      goodput_per_s: Math.round(goodput),
      goodput_share: Math.round((100 * goodput) / capacity) / 100,
      statuses: load.statuses(),
      token_accepted: shareOf(acceptedOf('token'), of('token')),
      sign_in_accepted: shareOf(acceptedOf('sign-in'), of('sign-in')),
      token_p50_ms: latency(acceptedOf('token'), 0.5),
      token_p99_ms: latency(acceptedOf('token'), 0.99),
      sign_in_p99_ms: latency(acceptedOf('sign-in'), 0.99),
      shed_p99_ms: latency(
        samples.filter(({ status }) => status === 503),
        0.99,
      ),
      longest_ms: latency(samples, 1),
      recovery_ms: Math.round(recovery),
      later_than_2500_ms: samples.filter(({ ms }) => ms > 2_500).length,
      invariant_violations: unseemly(samples, Number.POSITIVE_INFINITY).length,
    });
    // Whoever is not answered hears when to come again.
    expect(unseemly(samples, Number.POSITIVE_INFINITY).slice(0, 5)).toEqual([]);
    expect(goodput).toBeGreaterThanOrEqual(0.8 * capacity);
    expect(recovery).toBeLessThan(2_000);
    expect(acceptedOf('token').length).toBeGreaterThan(acceptedOf('sign-in').length);
  });
});
