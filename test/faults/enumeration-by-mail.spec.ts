import { tamperedWith } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { percentile, report } from '../support/measurement.js';
import { MANY_MAILS, startTandemWithMail, type TandemWithMail } from '../support/tandem-with-mail.js';

const SAMPLES = Number(process.env['SAMPLES'] ?? 200);
const KNOWN = 'alice@example.com';
/** How far the medians may lie apart. */
const LIMIT = 0.1;

/** Whether an address has an account must not be told by how long an answer takes. */
describe('answers to known and unknown addresses', () => {
  let system: TandemWithMail;
  beforeAll(async () => {
    system = await startTandemWithMail({
      extra: `${MANY_MAILS}\nlogin_throttle: { attempts_per_account: 10000, attempts_per_address: 100000 }`,
    });
  }, 60_000);
  afterAll(() => system?.stop(), 60_000);

  type Ask = (client: DemoClient, address: string) => Promise<() => Promise<unknown>>;
  const paths: Readonly<Record<string, Ask>> = {
    reset: async ({ agent }, address) => {
      const login = await agent.open(new DemoClient(system.tandem).authorizationUrl({ scope: 'openid' }));
      const form = (await agent.open(new URL(`/password-reset${login.url.search}`, login.url))).form();
      return () => agent.submit(form, { email: address });
    },
    'sign-up': async ({ agent }, address) => {
      const url = new DemoClient(system.tandem).authorizationUrl({ prompt: 'create' });
      const form = (await agent.open(url)).form();
      return () => agent.submit(form, { email: address, password: 'seven quiet herons' });
    },
    'email-code': async ({ agent }, address) => {
      const login = await agent.open(new DemoClient(system.tandem).authorizationUrl({ scope: 'openid' }));
      const form = tamperedWith(login.form(), { method: 'email-code', password: undefined });
      return () => agent.submit(form, { username: address });
    },
  };

  /** Nothing is on its way any more, so that the last mail does not slow down the next request. */
  async function quiet(): Promise<void> {
    while ((await system.sql('SELECT 1 FROM mails WHERE sent_at IS NULL')).length > 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  it.each(Object.keys(paths))('take the same time: %s', async (path) => {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const client = new DemoClient(system.tandem);
    for (let sample = -5; sample < SAMPLES; sample += 1) {
      // Turn about, so that what changes on the machine meanwhile meets both alike.
      const kinds = sample % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
      for (const kind of kinds) {
        const send = await (paths[path] as Ask)(
          client,
          kind === 'known' ? KNOWN : `stranger-${sample + 5}@example.com`,
        );
        await quiet();
        const started = performance.now();
        await send();
        // The first ones warm up.
        if (sample >= 0) times[kind].push(performance.now() - started);
      }
    }
    const [known, unknown] = [percentile(times.known, 0.5), percentile(times.unknown, 0.5)];
    const apart = Math.abs(known - unknown) / Math.min(known, unknown);
    const rounded = (value: number): number => Math.round(value * 100) / 100;
    report(`enumeration-${path}`, {
      n: SAMPLES,
      known_ms: rounded(known),
      unknown_ms: rounded(unknown),
      apart_percent: rounded(apart * 100),
      invariant_violations: apart < LIMIT ? 0 : 1,
    });
    expect(apart).toBeLessThan(LIMIT);
  });
});
