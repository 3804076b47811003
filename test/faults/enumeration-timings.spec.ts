import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { openLoginForm } from '../support/login-form.js';
import { report } from '../support/measurement.js';
import { compareTimings } from '../support/timings.js';

const SAMPLES = Number(process.env['TIMING_SAMPLES'] ?? 200);
/** Known and unknown accounts must not be told apart by time: the medians are this close, as a share. */
const CLOSE = 0.1;

const rounded = (value: number): number => Math.round(value * 100) / 100;

describe('whether an account exists', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    const settings = 'login_throttle: { attempts_per_account: 10000, attempts_per_address: 1000000 }';
    tandem = await startTandem({ apps: ['auth-server'], settings });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  it('is told by neither the time, the status nor the page of a sign-in with a wrong password', async () => {
    const form = await openLoginForm(tandem);
    const pages = new Set<string>();
    const attempt = async (username: string): Promise<void> => {
      const answer = await form.send({ username, password: 'not-the-password' });
      pages.add(`${answer.status} ${(await answer.text()).replaceAll(username, '…')}`);
    };
    const { medians, difference } = await compareTimings(
      SAMPLES,
      () => attempt('alice@example.com'),
      (sample) => attempt(`nobody-${sample}@example.com`),
    );
    const [known, unknown] = medians;
    report('enumeration-sign-in', {
      samples: SAMPLES,
      known_ms: rounded(known),
      unknown_ms: rounded(unknown),
      difference,
      invariant_violations: pages.size === 1 && difference < CLOSE ? 0 : 1,
    });
    expect(pages.size).toBe(1);
    expect(difference).toBeLessThan(CLOSE);
  });
});
