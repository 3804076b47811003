import { UserAgent } from '@tandem/testing';
import type { Page } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { codeIn, linkIn } from '../support/mail-catcher.js';
import { startTandemWithMail, type TandemWithMail } from '../support/tandem-with-mail.js';

const PASSWORD = 'seven quiet herons';
let count = 0;
const newAddress = (): string => `new-${(count += 1)}@example.com`;

describe('signing up', () => {
  let system: TandemWithMail;
  beforeAll(async () => {
    system = await startTandemWithMail({ extra: 'mail_throttle: { mails_per_address: 1000 }' });
  }, 60_000);
  afterAll(() => system?.stop(), 60_000);

  const aClient = (): DemoClient => new DemoClient(system.tandem);
  const atClient =
    (client: DemoClient) =>
    ({ href }: URL): boolean =>
      href.startsWith(client.redirectUri);
  const open = (
    client: DemoClient,
    parameters: Readonly<Record<string, string>> = { prompt: 'create' },
  ): Promise<Page> => client.agent.open(client.authorizationUrl({ scope: 'openid profile email', ...parameters }));
  async function begin(client: DemoClient, email: string, password = PASSWORD, name = 'Nora New'): Promise<Page> {
    const page = await open(client);
    return client.agent.follow(await client.agent.submit(page.form(), { email, password, name }));
  }
  const type = async (client: DemoClient, page: Page, code: string): Promise<Page> =>
    client.agent.follow(await client.agent.submit(page.form(), { code }), atClient(client));
  const accountsOf = (email: string): Promise<readonly { email_verified: boolean; claims: object }[]> =>
    system.sql('SELECT email_verified, claims FROM users WHERE email_key = $1', [email.toLowerCase()]);

  it.each([[{ prompt: 'create' }], [{ screen_hint: 'signup' }]])('shows the page for %j', async (parameters) => {
    const page = await open(aClient(), parameters as Record<string, string>);
    expect(page.url.pathname).toBe('/sign-up');
    expect(page.find('input').map(({ attrs }) => attrs.find(({ name }) => name === 'name')?.value)).toEqual(
      expect.arrayContaining(['email', 'name', 'password']),
    );
  });

  it('tells create as a prompt that it knows', async () => {
    const metadata = await fetch(`${system.tandem.issuer}.well-known/openid-configuration`);
    expect(((await metadata.json()) as { prompt_values_supported: string[] }).prompt_values_supported).toContain(
      'create',
    );
  });

  it('accepts the code, and goes on to consent and to the client with the new account', async () => {
    const client = aClient();
    const email = newAddress();
    const page = await begin(client, email);
    expect(await accountsOf(email)).toEqual([]);
    const consent = await type(client, page, codeIn(await system.mailbox.next(email)));
    expect(consent.text).toContain('Nora New');
    const back = await client.agent.follow(await client.agent.submit(consent.form(), { decision: 'accept' }));
    const { code } = Object.fromEntries(back.form().fields);
    const tokens = (await (await client.exchange(code as string)).json()) as { access_token: string };
    const userinfo = await fetch(`${system.tandem.issuer}userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(await userinfo.json()).toMatchObject({ email, email_verified: true, name: 'Nora New' });
    expect(await accountsOf(email)).toHaveLength(1);
  });

  it('accepts the password that was chosen at the next sign-in', async () => {
    const client = aClient();
    const email = newAddress();
    await type(client, await begin(client, email), codeIn(await system.mailbox.next(email)));
    const next = aClient();
    const login = await open(next, {});
    const answer = await next.agent.submit(login.form(), { username: email, password: PASSWORD });
    expect((await next.agent.follow(answer)).url.pathname).toBe('/consent');
  });

  it('accepts the link in the browser where it began, once, and changes nothing before the button', async () => {
    const client = aClient();
    const email = newAddress();
    await begin(client, email);
    const link = linkIn(await system.mailbox.next(email));
    const page = await client.agent.open(link);
    await client.agent.open(link);
    expect(await accountsOf(email)).toEqual([]);
    expect(page.find('#password')).toHaveLength(0);
    const consent = await client.agent.follow(await client.agent.submit(page.form()), atClient(client));
    expect(consent.url.pathname).toBe('/consent');
    expect(await accountsOf(email)).toHaveLength(1);
    const replayed = await client.agent.open(link);
    expect([replayed.status, replayed.title]).toEqual([400, expect.stringContaining('no longer works')]);
    expect((await client.agent.submit(page.form())).status).toBe(400);
  });

  it('accepts the link in another browser with the password only, and signs nobody in there', async () => {
    const client = aClient();
    const email = newAddress();
    await begin(client, email);
    const elsewhere = new UserAgent();
    const page = await elsewhere.open(linkIn(await system.mailbox.next(email)));
    const refused = await elsewhere.submit(page.form(), { password: 'somebody else’s' });
    expect(refused.text).toContain('not the password that you chose');
    expect(await accountsOf(email)).toEqual([]);
    const done = await elsewhere.submit(refused.form(), { password: PASSWORD });
    expect(done.text).toContain('Go back to where you began');
    expect(await accountsOf(email)).toMatchObject([{ email_verified: true }]);
    expect((await elsewhere.open(`${system.tandem.issuer}account`)).url.pathname).toBe('/login');
  });

  it('shows the same page for an address that has an account, and tells its mailbox only', async () => {
    const known = await begin(aClient(), 'bob@example.com');
    const email = newAddress();
    const unknown = await begin(aClient(), email);
    const plain = ({ status, body }: Page): readonly unknown[] => [
      status,
      body
        .replaceAll(/(bob|new-\d+)@/g, 'x@')
        .replaceAll(/value="[\w-]{22,43}"/g, '')
        .replaceAll(/interaction=[\w-]+/g, ''),
    ];
    expect(plain(known)).toEqual(plain(unknown));
    const mail = await system.mailbox.next('bob@example.com');
    expect(mail.subject).toBe('You already have an account');
    expect([codeIn(mail), linkIn(mail)]).toEqual(['', '']);
    await system.mailbox.next(email);
    expect(await accountsOf('bob@example.com')).toMatchObject([{ claims: { name: 'Bob Example' } }]);
  });

  it('makes one account of two sign-ups for one address, whatever its spelling', async () => {
    const email = newAddress();
    const [one, other] = [aClient(), aClient()];
    const first = await begin(one, email);
    const firstCode = codeIn(await system.mailbox.next(email));
    const spelled = email.replace('new', 'NEW');
    const second = await begin(other, spelled);
    const secondCode = codeIn(await system.mailbox.next(spelled));
    const pages = await Promise.all([type(one, first, firstCode), type(other, second, secondCode)]);
    expect(pages.map(({ url }) => url.pathname).toSorted()).toEqual(['/consent', '/login']);
    expect(await accountsOf(email)).toHaveLength(1);
  });

  it.each([
    ['short', 'The password is too short'],
    ['password123', 'known from leaks'],
    [`${'x'.repeat(129)}`, 'The password is too long'],
  ])('refuses the password %j and sends nothing', async (password, words) => {
    const email = newAddress();
    const page = await begin(aClient(), email, password);
    expect(page.text).toContain(words);
    expect(await system.sql('SELECT 1 FROM mails WHERE recipient = $1', [email])).toEqual([]);
  });

  it('refuses the address as the password, and an address that is none', async () => {
    const email = newAddress();
    expect((await begin(aClient(), email, email)).text).toContain('must not be your e-mail address');
    expect((await begin(aClient(), 'x y@example.com')).text).toContain('This is not an e-mail address');
  });

  it('refuses the right code after five wrong ones, until a new one is asked for', async () => {
    const client = aClient();
    const email = newAddress();
    const page = await begin(client, email);
    const code = codeIn(await system.mailbox.next(email));
    for (let guess = 0; guess < 5; guess += 1) await type(client, page, code === '000000' ? '000001' : '000000');
    expect((await type(client, page, code)).text).toContain('This code is wrong');
    expect(await accountsOf(email)).toEqual([]);
    await client.agent.submit(page.form('#resend'));
    expect((await type(client, page, codeIn(await system.mailbox.next(email)))).url.pathname).toBe('/consent');
  });

  it('refuses code and link that are too old', async () => {
    const client = aClient();
    const email = newAddress();
    const page = await begin(client, email);
    const mail = await system.mailbox.next(email);
    await system.sql('UPDATE proofs SET expires_at = clock_timestamp() WHERE email = $1', [email]);
    expect((await type(client, page, codeIn(mail))).text).toContain('This code is wrong');
    expect((await client.agent.open(linkIn(mail))).status).toBe(400);
    expect(await accountsOf(email)).toEqual([]);
  });

  it('tells when to ask again after too many mails to one address', async () => {
    const email = newAddress();
    const client = aClient();
    const page = await begin(client, email);
    for (let mail = 0; mail < 4; mail += 1) await client.agent.submit(page.form('#resend'));
    const full = await client.agent.submit(page.form('#resend'));
    expect([full.status, Number(full.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('goes on to the sign-in of who has an account, without coming back here', async () => {
    const client = aClient();
    const page = await open(client);
    const login = await client.agent.open(new URL(`/login${page.url.search}`, page.url));
    expect(login.url.pathname).toBe('/login');
    const answer = await client.agent.submit(login.form(), {
      username: 'alice@example.com',
      password: 'wonderland-42',
    });
    expect((await client.agent.follow(answer)).url.pathname).toBe('/consent');
  });

  it('refuses a form without its token', async () => {
    const client = aClient();
    const page = await open(client);
    const form = page.form();
    const fields = form.fields.map(([name, value]) => [name, name === 'csrf' ? 'x' : value] as const);
    const answer = await client.agent.submit({ ...form, fields }, { email: newAddress(), password: PASSWORD });
    expect(answer.status).toBe(403);
  });
});

describe('a server where nobody signs up', () => {
  let system: TandemWithMail;
  beforeAll(async () => {
    system = await startTandemWithMail({ login: '{ methods: [password] }' });
  }, 60_000);
  afterAll(() => system?.stop(), 60_000);

  it('refuses prompt=create, takes screen_hint for the hint it is, and has no such page', async () => {
    const client = new DemoClient(system.tandem);
    const url = client.authorizationUrl({ prompt: 'create', response_mode: 'fragment' });
    const refused = await client.agent.get(url);
    expect(refused.fragment.get('error')).toBe('invalid_request');
    const login = await client.agent.open(client.authorizationUrl({ screen_hint: 'signup' }));
    expect(login.url.pathname).toBe('/login');
    expect(login.text).not.toContain('Create an account');
    const page = await client.agent.open(`${system.tandem.issuer}sign-up${login.url.search}`);
    expect(page.status).toBe(404);
    const metadata = await fetch(`${system.tandem.issuer}.well-known/openid-configuration`);
    const { prompt_values_supported: prompts } = (await metadata.json()) as { prompt_values_supported: string[] };
    expect(prompts).not.toContain('create');
  });
});
