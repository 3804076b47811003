import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importJWK, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { DEMO } from '@tandem/dev';
import type { AppProcess } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { report } from '../support/measurement.js';

const RACES = Number(process.env['RACES'] ?? 1000);
const PRIVATE_KEY_CLIENT = 'demo-web-pkjwt';

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
    report('code-races', { n: RACES, outcomes: Object.fromEntries(outcomes) });
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
    report('refresh-races', { n: RACES, outcomes: Object.fromEntries(outcomes) });
    expect([...outcomes.keys()]).toEqual(['1 × 200, 3 × 400']);
  });

  it(`authenticates once by each of ${RACES} assertions that both are shown twice`, async () => {
    const jwk = JSON.parse(readFileSync(DEMO.clientKeyFile, 'utf8')) as JWK & { kid: string };
    const key = await importJWK(jwk, 'ES256');
    const outcomes = new Map<string, number>();
    for (let race = 0; race < RACES; race += 1) {
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: jwk.kid })
        .setIssuer(PRIVATE_KEY_CLIENT)
        .setSubject(PRIVATE_KEY_CLIENT)
        .setAudience(tandem.issuer)
        .setIssuedAt()
        .setExpirationTime('1 minute')
        .sign(key);
      const body = new URLSearchParams({
        token: 'a token that nobody has',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
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
    report('assertion-races', { n: RACES, outcomes: Object.fromEntries(outcomes) });
    expect([...outcomes.keys()]).toEqual(['1 × 200, 3 × 401']);
  });
});
