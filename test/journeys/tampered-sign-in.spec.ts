import { startTandem, tamperedWith, UserAgent } from '@tandem/testing';
import type { Form, Page, RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';

const ALICE = { username: 'alice@example.com', password: 'wonderland-42' };
const ALLOW = { decision: 'accept' };

type Fields = Readonly<Record<string, string>>;
interface Claims {
  readonly iss: string;
  readonly iat: number;
  readonly exp: number;
}

const claimsOf = (token = ''): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;

describe('a sign-in that somebody tampers with', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server'] });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  /** A browser at the login page of a request; consent is asked for whatever was allowed before. */
  async function atLogin(parameters: Fields = {}): Promise<{ client: DemoClient; agent: UserAgent; login: Page }> {
    const client = new DemoClient(tandem);
    const login = await client.agent.open(client.authorizationUrl({ prompt: 'consent', ...parameters }));
    return { client, agent: client.agent, login };
  }

  async function atConsent(parameters: Fields = {}) {
    const { client, agent, login } = await atLogin(parameters);
    return { client, agent, consent: await agent.follow(await agent.submit(login.form(), ALICE)) };
  }

  /** What the client is sent when the user has decided. */
  async function responseTo(decision: string, parameters: Fields = {}): Promise<Fields> {
    const { client, agent, consent } = await atConsent(parameters);
    const isClient = ({ href }: URL): boolean => href.startsWith(client.redirectUri);
    const page = await agent.follow(await agent.submit(consent.form(), { decision }), isClient);
    if (page.location === undefined) return Object.fromEntries(page.autoSubmitForm().fields);
    return Object.fromEntries(page.location.hash === '' ? page.query : page.fragment);
  }

  it.each([
    ['query', 'code'],
    ['fragment', 'code id_token'],
    ['form_post', 'code id_token'],
  ])('tells who answers by %s, whether the user allows or denies', async (mode, responseType) => {
    const asked = { response_mode: mode, response_type: responseType, state: 'st' };
    const allowed = await responseTo('accept', asked);
    expect(allowed).toMatchObject({ code: expect.any(String) as string, state: 'st', iss: tandem.issuer });
    if (responseType.includes('id_token')) expect(claimsOf(allowed['id_token']).iss).toBe(tandem.issuer);
    const denied = await responseTo('deny', asked);
    expect(denied).toMatchObject({ error: 'access_denied', state: 'st', iss: tandem.issuer });
    expect(Object.keys(denied).toSorted()).toEqual(['error', 'error_description', 'iss', 'state']);
  });

  it('issues no claims about the person in a fragment, nor for long, whatever the client may have elsewhere', async () => {
    const scope = 'openid profile email phone address';
    const sent = await responseTo('accept', { response_mode: 'fragment', scope });
    const { exp, iat, ...claims } = claimsOf(sent['id_token']);
    const ofTheProtocol = ['acr', 'amr', 'aud', 'auth_time', 'c_hash', 'iss', 'nonce', 'sid', 'sub'];
    expect(Object.keys(claims).toSorted()).toEqual(ofTheProtocol);
    expect(exp - iat).toBeLessThanOrEqual(300);
    const posted = await responseTo('accept', { response_mode: 'form_post', scope });
    expect(claimsOf(posted['id_token'])).toMatchObject({ name: 'Alice Example', email: ALICE.username });
  });

  it('shows each of its pages to no frame, cache or referrer, and its cookies to no script', async () => {
    const { agent, login } = await atLogin();
    const signedIn = await agent.submit(login.form(), ALICE);
    const consent = await agent.follow(signedIn);
    const formPost = await agent.follow(await agent.submit(consent.form(), ALLOW));
    const logout = await agent.open(`${tandem.issuer}oidc/logout`);
    const signedOut = await agent.submit(logout.form());
    const error = await agent.open(`${tandem.issuer}authorize?client_id=nobody`);
    const pages = [login, consent, formPost, logout, signedOut, error];
    expect(pages.map(({ url }) => url.pathname)).toEqual(
      ['login', 'consent', 'authorize', 'oidc/logout', 'oidc/logout', 'authorize'].map((path) => `/${path}`),
    );
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 400]);
    for (const { headers } of pages) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'x-frame-options': 'DENY',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      });
    }
    // The one that clients must embed.
    const iframe = await agent.get(`${tandem.issuer}oidc/check_session`);
    expect([iframe.status, iframe.headers.get('x-frame-options')]).toEqual([200, null]);
    const cookies = signedIn.headers.getSetCookie().filter((cookie) => !cookie.startsWith('tandem_session_state='));
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/;.* HttpOnly; SameSite=Lax$/);
  });

  it('redirects after a password and after a consent by 303, to an address that holds neither', async () => {
    const { agent, login } = await atLogin();
    const signedIn = await agent.submit(login.form(), ALICE);
    const consent = await agent.follow(signedIn);
    const allowed = await agent.submit(consent.form(), ALLOW);
    for (const { status, location } of [signedIn, allowed]) {
      expect(status).toBe(303);
      expect(location?.href).toMatch(new RegExp(`^${tandem.issuer}(authorize|consent)\\?interaction=[\\w-]{22}$`));
    }
  });

  it('accepts from the forms what they ask for, and nothing of the request', async () => {
    const more = {
      response_type: 'code id_token token',
      scope: 'openid profile write:orders offline_access',
      redirect_uri: 'https://evil.example/',
      client_id: 'demo-web-pkjwt',
      returnUrl: 'https://evil.example/',
    };
    const { client, agent, login } = await atLogin({ scope: 'openid read:orders' });
    const consent = await agent.follow(await agent.submit(tamperedWith(login.form(), more), ALICE));
    expect(consent.text).toContain('Read your orders');
    expect(consent.text).not.toContain('Place orders for you');
    const response = await agent.follow(await agent.submit(tamperedWith(consent.form(), more), ALLOW));
    const { action, fields } = response.autoSubmitForm();
    expect(action.href).toBe(client.redirectUri);
    const sent = Object.fromEntries(fields);
    expect(Object.keys(sent)).not.toContain('access_token');
    const tokens = (await (await client.exchange(sent['code'] as string)).json()) as Fields;
    expect(tokens).not.toHaveProperty('refresh_token');
    expect(claimsOf(tokens['access_token'])).toMatchObject({ scope: 'openid read:orders' });
  });

  it('refuses the answer of another user to a consent, with and without a request of their own', async () => {
    const { agent, consent } = await atConsent();
    const { agent: neighbour } = await atConsent();
    for (const stranger of [neighbour, new UserAgent()]) {
      const refused = await stranger.submit(consent.form(), ALLOW);
      expect([refused.status, refused.location]).toEqual([403, undefined]);
      expect(refused.headers.get('content-type')).toContain('text/html');
    }
    expect((await agent.submit(consent.form(), ALLOW)).status).toBe(303);
  });

  /** Sends a form with the browser's cookies, whoever seems to send it. */
  async function send(agent: UserAgent, { action, fields }: Form, headers: Fields, more: Fields): Promise<Response> {
    return fetch(action, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: await agent.cookies.header(action, 'strict'), ...headers },
      body: new URLSearchParams([
        ...fields
          .filter(([name]) => !Object.hasOwn(more, name))
          .map(([name, value]): [string, string] => [name, value]),
        ...Object.entries(more),
      ]),
    });
  }

  const OWN = { 'sec-fetch-site': 'same-origin' };
  const FOREIGN: readonly (readonly [Fields, Fields])[] = [
    [{ origin: 'https://evil.example' }, {}],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, {}],
    [{ 'sec-fetch-site': 'same-site' }, {}],
    [OWN, { csrf: '' }],
    [OWN, { csrf: 'A'.repeat(43) }],
  ];

  it('refuses a login form from another site and one without its token, and starts no session', async () => {
    const { agent, login } = await atLogin();
    for (const [headers, more] of FOREIGN) {
      const refused = await send(agent, login.form(), headers, { ...ALICE, ...more });
      expect([refused.status, refused.headers.getSetCookie()]).toEqual([403, []]);
    }
    const good = await send(agent, login.form(), OWN, ALICE);
    expect([good.status, good.headers.getSetCookie().join()]).toEqual([
      303,
      expect.stringContaining('tandem_session='),
    ]);
  });

  it('refuses a consent and a logout from another site and without their token', async () => {
    const { agent, consent } = await atConsent();
    const logout = await agent.open(`${tandem.issuer}oidc/logout`);
    for (const [headers, more] of FOREIGN) {
      expect((await send(agent, consent.form(), headers, { ...ALLOW, ...more })).status).toBe(403);
      expect((await send(agent, logout.form(), headers, { confirm: 'yes', ...more })).status).toBe(403);
    }
    expect((await send(agent, consent.form(), OWN, ALLOW)).status).toBe(303);
    expect((await agent.open(`${tandem.issuer}oidc/logout`)).find('button[name=confirm]')).toHaveLength(1);
  });

  it('accepts a request that another site posts as one that it links to: the sign-in is found', async () => {
    const client = new DemoClient(tandem);
    await client.signIn();
    const url = client.authorizationUrl({ prompt: 'none' });
    const form: Form = {
      action: new URL(url.pathname, url),
      method: 'POST',
      fields: [...url.searchParams],
      buttons: [],
      page: { url: new URL('https://rp.example/start'), headers: new Headers() },
    };
    const posted = await client.agent.submit(form);
    expect(posted.status).toBe(303);
    const response = await client.agent.follow(posted);
    expect(response.autoSubmitForm().fields.map(([name]) => name)).toContain('code');
  });
});
