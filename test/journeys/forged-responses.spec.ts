import { startTandem, tamperedWith, UserAgent } from '@tandem/testing';
import type { Form, Page, RunningTandem } from '@tandem/testing';

const LOCALHOST_NAMES = new URL('../support/localhost-names.mjs', import.meta.url).href;
const ALICE = { username: 'alice@example.com', password: 'wonderland-42' };

type Changes = Readonly<Record<string, string | undefined>>;

describe('responses that somebody forged, at the sample client on a site of its own', () => {
  let tandem: RunningTandem;
  let agent: UserAgent;
  beforeAll(async () => {
    tandem = await startTandem({
      apps: ['auth-server', 'sample-client'],
      hosts: { issuer: 'op.localhost', sampleClient: 'rp.localhost' },
      env: { NODE_OPTIONS: `--import=${LOCALHOST_NAMES}` },
    });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);
  beforeEach(() => {
    agent = new UserAgent();
  });
  afterEach(() => agent.close());

  const begin = (): Promise<Page> =>
    agent.get(`${tandem.sampleClientUrl}/login?response_type=code+id_token+token&response_mode=form_post`);

  /** The provider's page that is about to post a response to the client. */
  async function response(): Promise<Form> {
    let page = await agent.follow(await begin());
    while (page.url.pathname !== '/authorize') {
      const form = page.form();
      const answer = page.url.pathname === '/login' ? ALICE : { decision: 'accept' };
      page = await agent.follow(await agent.submit(form, answer));
    }
    return page.autoSubmitForm();
  }

  const valueOf = ({ fields }: Form, name: string): string | undefined => fields.find(([field]) => field === name)?.[1];
  const isSignedIn = async (): Promise<boolean> => (await agent.get(`${tandem.sampleClientUrl}/flow`)).status === 200;

  it.each<[string, (other: Form) => Changes, string]>([
    ['of another issuer', () => ({ iss: 'https://evil.example/' }), 'names another issuer'],
    ['of no issuer', () => ({ iss: undefined }), 'names another issuer'],
    ['with the code of another one', (other) => ({ code: valueOf(other, 'code') }), 'c_hash does not fit'],
    [
      'with the access token of another one',
      (other) => ({ access_token: valueOf(other, 'access_token') }),
      'at_hash does not fit',
    ],
    [
      'with the ID token of another one',
      (other) => ({ id_token: valueOf(other, 'id_token') }),
      'nonce of the ID token',
    ],
  ])('refuses one %s, and redeems nothing', async (_what, changes, rule) => {
    const [other, genuine] = [await response(), await response()];
    const refused = await agent.submit(tamperedWith(genuine, changes(other)));
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(rule)]);
    expect(await isSignedIn()).toBe(false);
    // Without a session of the client there is nothing to exchange, and the transaction is used up.
    expect((await agent.submit(genuine)).status).toBe(400);
    // Nothing was wrong with the other one.
    expect((await agent.submit(other)).status).toBe(303);
    expect(await isSignedIn()).toBe(true);
  });

  it('refuses a response that comes twice', async () => {
    const genuine = await response();
    expect((await agent.submit(genuine)).status).toBe(303);
    const again = await agent.submit(genuine);
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('belongs to no sign-in of yours')]);
  });

  it('accepts a response only in the browser that asked for it', async () => {
    const genuine = await response();
    const victim = new UserAgent();
    const refused = await victim.submit(genuine);
    await victim.close();
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([400, []]);
  });

  it('issues for each request a cookie that comes along when the provider’s site posts, for five minutes', async () => {
    expect((await begin()).headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^sample_tx_[\w-]+=[\w-]{32}; Path=\/callback; Max-Age=300; HttpOnly; SameSite=None; Secure$/,
      ),
    ]);
  });
});
