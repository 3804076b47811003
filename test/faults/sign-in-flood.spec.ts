import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { Load, unseemly } from '../support/load.js';
import { delaysOf, report } from '../support/measurement.js';
import { People, withPeople } from '../support/people.js';
import { RawRequests } from '../support/raw-requests.js';

/** Sign-ins on their way at every moment. */
const CROWD = 500;
const PEOPLE = 250;
const SECONDS = 10;
const TOKENS_PER_SECOND = 40;
const LONGEST_SIGN_IN_MS = 5_000;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('five hundred people send their passwords at once', () => {
  let tandem: RunningTandem;
  let people: People;
  let crowd: RawRequests;
  beforeAll(async () => {
    tandem = await startTandem({
      apps: ['auth-server'],
      env: { LOG_LEVEL: 'error' },
      ...(await withPeople(PEOPLE)),
    });
    people = await People.open(tandem, PEOPLE);
    crowd = new RawRequests(new URL(tandem.app('auth-server').url), CROWD);
  }, 60_000);
  afterAll(async () => {
    crowd?.close();
    await tandem?.stop();
  }, 60_000);

  it('tells most of them to come again, and applications hardly wait longer for tokens', async () => {
    const client = new DemoClient(tandem);
    let token = (await client.tokens('openid offline_access read:orders')).refresh_token as string;
    let isRefreshing = false;
    const refresh = (load: Load) => async (): Promise<void> => {
      if (isRefreshing) return void (await load.send('revoke', () => client.revoke('a token that nobody has')));
      isRefreshing = true;
      const answer = await load.send('refresh', () => client.refresh(token));
      if (answer?.status === 200) token = ((await answer.json()) as { refresh_token: string }).refresh_token;
      isRefreshing = false;
    };
    const alone = new Load();
    alone.start(TOKENS_PER_SECOND, refresh(alone));
    await pause(SECONDS * 1_000);
    await alone.stop();

    const [tokens, signIns] = [new Load(), new Load()];
    tokens.start(TOKENS_PER_SECOND, refresh(tokens));
    const end = performance.now() + SECONDS * 1_000;
    await Promise.all(
      Array.from({ length: CROWD }, async (_, number) => {
        const { headers, body } = people.loginOf(number);
        while (performance.now() < end) {
          const answer = await signIns.send('sign-in', () => crowd.send('POST', '/login', headers, body));
          await pause(Number(answer?.headers.get('retry-after') ?? 0) * 1_000);
        }
      }),
    );
    await tokens.stop();
    const [quiet, beside] = [alone, tokens].map(({ samples }) => delaysOf(samples.map(({ ms }) => ms)));
    const accepted = signIns.samples.filter(({ status }) => status === 303);
    const violations = [...unseemly(signIns.samples, LONGEST_SIGN_IN_MS), ...unseemly(tokens.samples, 2_500)];
    report('sign-in-flood', {
      crowd: CROWD,
      n: signIns.samples.length,
      statuses: signIns.statuses(),
      accepted_per_s: Math.round(accepted.length / SECONDS),
      accepted_max_ms: Math.round(Math.max(...accepted.map(({ ms }) => ms))),
      ...{ tokens: tokens.samples.length, token_statuses: tokens.statuses() },
      ...{
        token_p99_alone_ms: quiet?.p99_ms ?? 0,
        token_p50_ms: beside?.p50_ms ?? 0,
        token_p99_ms: beside?.p99_ms ?? 0,
      },
      invariant_violations: violations.length,
    });
    expect(violations.slice(0, 5)).toEqual([]);
    expect(accepted.length).toBeGreaterThan(0);
    expect(Object.keys(signIns.statuses()).sort()).toEqual(['303', '503']);
    // The first wave comes within one turn of the event loop.
    expect(tokens.statuses()['200']).toBeGreaterThan(0.99 * tokens.samples.length);
  });
});
