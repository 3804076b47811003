import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { clientAssertion } from '../support/client-assertion.js';
import { DemoClient } from '../support/demo-client.js';
import { report } from '../support/measurement.js';

const RACES = Number(process.env['RACES'] ?? 500);

describe('two auth-servers race for one code and one refresh token', () => {
  let tandem: RunningTandem;
  let replica: AppProcess;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'] });
    replica = await tandem.replica('auth-server');
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  const outcomesOf = (statuses: readonly number[]): string =>
    `${statuses.filter((status) => status === 200).length} × 200, ${statuses.filter((status) => status === 400).length} × 400`;

  it(`issues once for each of ${RACES} codes that both are asked to redeem twice`, async () => {
    const [here, there] = [new DemoClient(tandem), new DemoClient(tandem, `${replica.url}/`)];
    const outcomes = new Map<string, number>();
    for (let race = 0; race < RACES; race += 1) {
      const { code } = await here.signIn({ scope: 'openid' });
      const answers = await Promise.all(
        [here, there, here, there].map((client) => client.exchangeFor(here, code as string)),
      );
      const outcome = outcomesOf(answers.map(({ status }) => status));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const others = RACES - (outcomes.get('1 × 200, 3 × 400') ?? 0);
    report('code-races', { n: RACES, outcomes: Object.fromEntries(outcomes), invariant_violations: others });
    expect([...outcomes.keys()]).toEqual(['1 × 200, 3 × 400']);
  });

  it(`issues at most once for each of ${RACES} refresh tokens that both are asked to rotate twice`, async () => {
    const [here, there] = [new DemoClient(tandem), new DemoClient(tandem, `${replica.url}/`)];
    const outcomes = new Map<string, number>();
    for (let race = 0; race < RACES; race += 1) {
      const { refresh_token: refreshToken } = await here.tokens('openid offline_access');
      const answers = await Promise.all(
        [here, there, here, there].map((client) => client.refresh(refreshToken as string)),
      );
      const outcome = outcomesOf(answers.map(({ status }) => status));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const others = RACES - (outcomes.get('1 × 200, 3 × 400') ?? 0);
    report('refresh-races', { n: RACES, outcomes: Object.fromEntries(outcomes), invariant_violations: others });
    expect([...outcomes.keys()]).toEqual(['1 × 200, 3 × 400']);
  });

  it(`authenticates once by each of ${RACES} assertions that both are shown twice`, async () => {
    const outcomes = new Map<string, number>();
    for (let race = 0; race < RACES; race += 1) {
      const body = new URLSearchParams({
        token: 'a token that nobody has',
        ...(await clientAssertion(tandem.issuer)),
      });
      const answers = await Promise.all(
        [tandem.issuer, `${replica.url}/`, tandem.issuer, `${replica.url}/`].map((base) =>
          fetch(`${base}oauth/revoke`, { method: 'POST', body }),
        ),
      );
      const statuses = answers.map(({ status }) => status);
      const outcome = `${statuses.filter((status) => status === 200).length} × 200, ${statuses.filter((status) => status === 401).length} × 401`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const others = RACES - (outcomes.get('1 × 200, 3 × 401') ?? 0);
    report('assertion-races', { n: RACES, outcomes: Object.fromEntries(outcomes), invariant_violations: others });
    expect([...outcomes.keys()]).toEqual(['1 × 200, 3 × 401']);
  });
});
