import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tamperedWith } from './form.js';
import { UserAgent } from './user-agent.js';

type Answer = readonly [status: number, headers: Record<string, string | readonly string[]>, body?: string];

const SUBMIT = 'document.forms[0].submit()';
const SUBMIT_HASH = `'sha256-${createHash('sha256').update(SUBMIT).digest('base64')}'`;
const LOGIN = `<title>Sign in</title><form id="login" method="post" action="/login">
  <input type="hidden" name="csrf" value="a&amp;b"><input name="username"><input type="checkbox" name="stay" checked>
  <button name="decision" value="accept">Yes</button><button name="decision" value="deny">No</button></form>`;

const formPost = (action: string): string =>
  `<form method="post" action="${action}"><input type="hidden" name="code" value="c1"><noscript><button>Continue</button></noscript></form><script>${SUBMIT}</script>`;

describe('the user agent', () => {
  const answers = new Map<string, (request: IncomingMessage) => Answer>();
  const server = createServer((request, response) => void answer(request, response));
  let port: number;
  let agent: UserAgent;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const [status, headers, text] = answers.get(pathname)?.(request) ?? [
      200,
      {},
      JSON.stringify({ method: request.method, headers: request.headers, body }),
    ];
    response.writeHead(status, headers as never).end(text);
  }
  const at = (path: string, host = 'localhost'): string => `http://${host}:${port}${path}`;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => {
    answers.clear();
    agent = new UserAgent();
  });
  afterEach(() => agent.close());
  afterAll(() => void server.close());

  interface Echo {
    readonly method: string;
    readonly body: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
  }
  const echo = async (url: string, from?: Parameters<UserAgent['get']>[1]): Promise<Echo> =>
    (await agent.get(url, from)).json<Echo>();

  it('shows the form, its text and its title', async () => {
    answers.set('/', () => [200, { 'content-type': 'text/html' }, LOGIN]);
    const page = await agent.get(at('/'));
    expect(page.title).toBe('Sign in');
    expect(page.text).toBe('Yes No');
    expect(page.form('#login').fields).toEqual([
      ['csrf', 'a&b'],
      ['username', ''],
      ['stay', 'on'],
    ]);
    expect(() => page.form('#other')).toThrow(/has no form "#other"/);
  });

  it('accepts values for a form and refuses fields that it does not have', async () => {
    answers.set('/', () => [200, {}, LOGIN]);
    const form = (await agent.get(at('/'))).form();
    const sent = (await agent.submit(form, { username: 'ann', decision: 'deny' })).json<Echo>();
    expect(sent.body).toBe('csrf=a%26b&username=ann&stay=on&decision=deny');
    expect(sent.headers).toMatchObject({
      origin: at('').replace(/\/$/, ''),
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'navigate',
    });
    expect(() => agent.submit(form, { nobody: 'x' })).toThrow(/no field "nobody"/);
    const forged = (await agent.submit(tamperedWith(form, { csrf: undefined, more: '1' }))).json<Echo>();
    expect(forged.body).toBe('username=&stay=on&more=1&decision=accept');
  });

  it('redirects step by step, to GET after 303 and with the body after 307, and keeps the fragment', async () => {
    answers.set('/', () => [200, {}, LOGIN]);
    answers.set('/login', () => [307, { location: '/again' }]);
    answers.set('/again', () => [303, { location: '/third#code=c1' }]);
    answers.set('/third', () => [302, { location: '/end' }]);
    const first = await agent.submit((await agent.get(at('/'))).form());
    const stopped = await agent.follow(first, ({ pathname }) => pathname === '/end');
    expect(stopped.url.pathname).toBe('/third');
    expect(stopped.fragment.get('code')).toBe('c1');
    const end = await agent.follow(stopped);
    expect(end.json<Echo>()).toMatchObject({ method: 'GET', body: '' });
    expect(end.url.hash).toBe('#code=c1');
  });

  it('accepts Secure and __Host- cookies over http on localhost, and refuses a __Host- one with a domain', async () => {
    answers.set('/set', () => [
      200,
      {
        'set-cookie': [
          '__Host-a=1; Secure; Path=/',
          '__Host-b=1; Secure; Path=/; Domain=localhost',
          'c=1',
          'd=1; SameSite=None',
        ],
      },
    ]);
    await agent.get(at('/set'));
    expect((await echo(at('/'))).headers['cookie']).toBe('__Host-a=1; c=1');
  });

  it('shows only SameSite=None cookies to a cross-site post, Lax ones to a cross-site link as well', async () => {
    answers.set('/set', () => [200, { 'set-cookie': ['n=1; SameSite=None; Secure', 'l=1', 's=1; SameSite=Strict'] }]);
    answers.set('/foreign', () => [200, { 'referrer-policy': 'no-referrer' }, formPost(at('/', 'rp.localhost'))]);
    await agent.get(at('/set', 'rp.localhost'));
    const foreign = await agent.get(at('/foreign', 'op.localhost'));
    const posted = (await agent.submit(foreign.form())).json<Echo>();
    expect(posted.headers).toMatchObject({ cookie: 'n=1', origin: 'null', 'sec-fetch-site': 'cross-site' });
    expect((await echo(at('/', 'rp.localhost'), { from: foreign })).headers['cookie']).toBe('n=1; l=1');
    expect((await echo(at('/', 'rp.localhost'))).headers).toMatchObject({
      cookie: 'n=1; l=1; s=1',
      'sec-fetch-site': 'none',
    });
  });

  it('accepts a form_post page whose policy allows its script, and refuses one that forbids it', async () => {
    const policy = {
      'content-security-policy': `default-src 'none'; script-src ${SUBMIT_HASH}; form-action ${at('/')}`,
    };
    answers.set('/good', () => [200, policy, formPost(at('/cb'))]);
    answers.set('/mute', () => [200, { 'content-security-policy': "default-src 'none'" }, formPost(at('/cb'))]);
    answers.set('/elsewhere', () => [200, policy, formPost(at('/cb', 'rp.localhost'))]);
    const good = await agent.get(at('/good'));
    expect((await agent.submit(good.autoSubmitForm())).json<Echo>().body).toBe('code=c1');
    const [mute, elsewhere] = [await agent.get(at('/mute')), await agent.get(at('/elsewhere'))];
    expect(() => mute.autoSubmitForm()).toThrow(/forbids its own script/);
    expect(() => elsewhere.autoSubmitForm()).toThrow(/forbids its form to go/);
  });

  it('refuses a redirect after a form that the form-action of its page does not name', async () => {
    answers.set('/', () => [200, { 'content-security-policy': "form-action 'self'" }, LOGIN]);
    answers.set('/login', () => [303, { location: at('/cb', 'rp.localhost') }]);
    const redirect = await agent.submit((await agent.get(at('/'))).form());
    expect(() => agent.followOnce(redirect)).toThrow(/form-action/);
  });
});
