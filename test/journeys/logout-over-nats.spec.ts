import { startTandem, UserAgent } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { until } from '../support/measurement.js';

const USER = { username: 'alice@example.com', password: 'wonderland-42' };

/** Alice's browser, at the sample client and at the provider. */
class Visitor {
  readonly agent = new UserAgent();

  constructor(private readonly tandem: RunningTandem) {}

  /** Signs in by the registration that wants its logout tokens over NATS, and has no address for them. */
  async signIn(): Promise<void> {
    let page = await this.agent.open(new URL(`${this.tandem.sampleClientUrl}/login?credential=private-key`));
    for (let step = 0; step < 10 && page.url.pathname !== '/welcome'; step += 1) {
      const isLogin = page.find('input[name="password"]').length > 0;
      const isConsent = page.find('[name="decision"]').length > 0;
      const answer: Readonly<Record<string, string>> = isLogin ? USER : isConsent ? { decision: 'accept' } : {};
      page = await this.agent.follow(await this.agent.submit(page.form(), answer));
    }
    expect(page.url.pathname).toBe('/welcome');
  }

  async signOutAtTheProvider(): Promise<void> {
    const page = await this.agent.open(new URL(`${this.tandem.issuer}oidc/logout`));
    await this.agent.submit(page.form());
  }

  /** Whether the application still knows who this is. */
  async isSignedIn(): Promise<boolean> {
    const page = await this.agent.follow(await this.agent.open(new URL(`${this.tandem.sampleClientUrl}/welcome`)));
    return page.url.pathname === '/welcome';
  }
}

describe('logout tokens over NATS', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'sample-client'] });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  it('revokes the application’s session when the user signs out at the provider', async () => {
    const visitor = new Visitor(tandem);
    await visitor.signIn();
    expect(await visitor.isSignedIn()).toBe(true);
    await visitor.signOutAtTheProvider();
    expect(await until(async () => !(await visitor.isSignedIn()), 10)).toBe(true);
  }, 30_000);

  it('revokes it after the bus was away, and nobody else’s', async () => {
    const [visitor, stays] = [new Visitor(tandem), new Visitor(tandem)];
    await visitor.signIn();
    await stays.signIn();
    await tandem.stopNats();
    await visitor.signOutAtTheProvider();
    expect(await visitor.isSignedIn()).toBe(true);
    await tandem.startNats();
    expect(await until(async () => !(await visitor.isSignedIn()), 30)).toBe(true);
    expect(await stays.isSignedIn()).toBe(true);
  }, 60_000);
});
