import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createLogger, startListening } from '@tandem/web-server';
import type { Listening } from '@tandem/web-server';
import { createSampleClient } from './app.js';
import { readConfig } from './config.js';
import { BrowserState } from './flow/browser-state.js';
import { aFlow } from './flow/flow.spec-support.js';
import type { Flow } from './flow/flow.js';

/** Port 9 (discard): nobody listens there. */
const ISSUER = 'http://127.0.0.1:9/';
const FORM = 'application/x-www-form-urlencoded';

describe('sample client', () => {
  /** Notes how many calls were under way at once: what the API's place is for here. */
  const calls = { now: 0, most: 0, authorization: '' };
  const api = createServer((request, response) => {
    calls.now += 1;
    calls.most = Math.max(calls.most, calls.now);
    calls.authorization = request.headers.authorization ?? '';
    setImmediate(() => {
      calls.now -= 1;
      response.end('{"orders":[]}');
    });
  });
  let app: NestFastifyApplication;
  let listening: Listening;
  let state: BrowserState;

  beforeAll(async () => {
    await once(api.listen(0, '127.0.0.1'), 'listening');
    const config = readConfig({
      ISSUER,
      RESOURCE_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      SAMPLE_CLIENT_URL: 'http://rp.test:3002',
    });
    app = await createSampleClient(config, createLogger('sample-client', 'silent'));
    const options = { host: '127.0.0.1', port: 0, managementPort: 0, checks: {}, shutdownGraceSeconds: 0 };
    listening = await startListening(app, options);
    state = app.get(BrowserState);
  });
  afterAll(async () => {
    await listening.drain();
    api.close();
  });

  const open = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${listening.url}${path}`, { redirect: 'manual', ...init });
  const post = (path: string, body: string | Record<string, string>, cookie = ''): Promise<Response> =>
    open(path, {
      method: 'POST',
      headers: { 'content-type': FORM, cookie },
      body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
    });
  const signedIn = (changes: Partial<Flow> = {}): { readonly flow: Flow; readonly cookie: string } => {
    const flow = aFlow({ tokens: { accessToken: 'at_1', refreshToken: 'rt_1' }, ...changes });
    return { flow, cookie: `sample_session=${state.signIn(flow)}` };
  };

  it('shows the choices on a page that needs no script, whose form may lead to the provider', async () => {
    const page = await open('/');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("form-action 'self' http://127.0.0.1:9");
    expect(policy).toContain("script-src 'none'");
    const html = await page.text();
    for (const type of ['code id_token', 'code token', 'code id_token token'])
      expect(html).toContain(`value="${type}"`);
    expect(html).not.toContain('<script');
    expect((await open('/assets/sample.css')).headers.get('content-type')).toContain('text/css');
  });

  it('tells that the provider is away, and starts without it', async () => {
    const page = await open('/login?response_type=code+id_token');
    expect([page.status, page.headers.get('set-cookie')]).toEqual([503, null]);
    expect(await page.text()).toContain('can not be reached');
  });

  it.each([
    ['nothing', ''],
    ['an unknown state', 'state=abc&code=x'],
    ['a prototype', '__proto__=x&state=__proto__'],
    ['a state for a header', 'state=%0d%0aSet-Cookie:a=b'],
    ['broken escapes', 'state=%ff%E0%A4%A&code=%00'],
    ['a repeated state', 'state=a&state=b'],
    ['markup', 'state=%22%3E%3Cscript%3E&error=%3Cimg%20src=x%3E&error_description=%3Cscript%3E'],
    ['a long one', `state=${'a'.repeat(60_000)}`],
    ['many parameters', Array.from({ length: 200 }, (_, index) => `p${index}=`).join('&')],
  ])('refuses %s at the callback with a clear page', async (_what, body) => {
    const answers = await Promise.all([post('/callback', body), post('/callback/fragment', body)]);
    const query = body.length > 8_000 ? [] : [await open(`/callback?${body}`)];
    for (const answer of [...answers, ...query]) {
      // Without a state the GET is the page that looks into the fragment.
      expect([200, 400]).toContain(answer.status);
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(await answer.text()).not.toMatch(/<script>(?!\(function)|<img src=x/);
    }
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
  });

  it('refuses JSON, plain text and huge bodies at the callback', async () => {
    const send = (type: string, body: string): Promise<Response> =>
      open('/callback', { method: 'POST', headers: { 'content-type': type }, body });
    const answers = [
      send('application/json', '{"state":"a"}'),
      send('text/plain', 'state=a'),
      send(FORM, 'a'.repeat(70_000)),
    ];
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([400, 415, 413]);
  });

  it('refuses an answer that comes by another way than was asked for, and does not take it twice', async () => {
    const { transaction } = aFlow();
    const cookie = `sample_tx_state-1=${state.begin(transaction)}`;
    const inQuery = await open('/callback?state=state-1&code=x', { headers: { cookie } });
    expect(await inQuery.text()).toContain('came by query, but form_post was asked for');
    expect(inQuery.headers.get('set-cookie')).toMatch(/^sample_tx_state-1=; .*SameSite=None; Secure$/);
    expect(await (await post('/callback', 'state=state-1&code=x', cookie)).text()).toContain('no sign-in of yours');
  });

  it('accepts fragments through one script that is allowed by its hash', async () => {
    const page = await open('/callback');
    const html = await page.text();
    const script = /<script>([^]*)<\/script>/.exec(html)?.[1] as string;
    const hash = createHash('sha256').update(script).digest('base64');
    expect(page.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}'`);
    expect(html).toContain('action="/callback/fragment"');
  });

  it('redirects to the first page who is not signed in, and refuses their forms', async () => {
    for (const path of ['/flow', '/welcome']) {
      const answer = await open(path, { headers: { cookie: 'sample_session=forged' } });
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    }
    for (const action of ['exchange', 'api', 'order', 'userinfo', 'refresh', 'revoke'])
      expect((await post(`/flow/${action}`, 'csrf=x')).status).toBe(401);
    expect((await post('/logout', '')).headers.get('location')).toBe('/');
  });

  it('shows what the provider says as text, never as markup', async () => {
    const { cookie } = signedIn({ frontClaims: { sub: 'x', name: '<script>alert(1)</script>' }, notes: ['<b>'] });
    for (const path of ['/', '/welcome', '/flow']) {
      const html = await (await open(path, { headers: { cookie } })).text();
      expect(html).toContain('&lt;script&gt;alert(1)');
      expect(html).not.toContain('<script');
    }
  });

  it('refuses a form that is not from a page of the session', async () => {
    const { cookie } = signedIn();
    for (const body of ['', 'csrf=', 'csrf=forged', 'csrf=forged&csrf=form-token-1']) {
      expect((await post('/flow/api', body, cookie)).status).toBe(403);
      expect((await post('/logout', body, cookie)).status).toBe(403);
    }
    expect((await open('/flow', { headers: { cookie } })).status).toBe(200);
  });

  it('accepts one action of a user at a time, and keeps the newest answers', async () => {
    const { flow, cookie } = signedIn();
    const clicks = Array.from({ length: 9 }, () => post('/flow/api', { csrf: flow.formToken }, cookie));
    for (const { status, headers } of await Promise.all(clicks))
      expect([status, headers.get('location')]).toEqual([303, '/flow']);
    expect([calls.most, calls.authorization]).toEqual([1, 'Bearer at_1']);
    expect(flow.apiCalls).toHaveLength(12);
    expect(flow.apiCalls.map(({ over, status }) => `${over} ${status}`).slice(-2)).toEqual(['HTTP 200', 'NATS 503']);
  });

  it('tells what did not work, and never answers with an error page of its own', async () => {
    const { flow, cookie } = signedIn();
    expect((await post('/flow/refresh', { csrf: flow.formToken }, cookie)).status).toBe(303);
    expect(await (await open('/flow', { headers: { cookie } })).text()).toContain('That did not work');
  });

  it('accepts a logout while the provider is away: the own session ends', async () => {
    const { flow, cookie } = signedIn();
    const answer = await post('/logout', { csrf: flow.formToken }, cookie);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await open('/flow', { headers: { cookie } })).status).toBe(303);
  });

  it('refuses a login that a third party starts at another provider or towards another page', async () => {
    const start = (parameters: Record<string, string>): Promise<Response>[] => [
      open(`/initiate-login?${new URLSearchParams(parameters).toString()}`),
      post('/initiate-login', parameters),
    ];
    const targets = [
      'https://evil.example/',
      '//evil.example',
      'javascript:alert(1)',
      'http://rp.test:3002.evil.example/',
      'x',
    ];
    const refused = targets.flatMap((target) => start({ iss: ISSUER, target_link_uri: target }));
    for (const answer of await Promise.all([...refused, ...start({}), ...start({ iss: 'https://evil.example/' })]))
      expect(answer.status).toBe(400);
    // 503: accepted, but this provider is away.
    for (const answer of await Promise.all(
      start({ iss: ISSUER, target_link_uri: 'http://rp.test:3002/flow', login_hint: 'a' }),
    ))
      expect(answer.status).toBe(503);
  });

  it('refuses logout tokens that are none', async () => {
    for (const body of ['', 'logout_token=', 'logout_token=a.b.c', `logout_token=${'x'.repeat(30_000)}`]) {
      const answer = await post('/backchannel-logout', body);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store']);
      expect(await answer.json()).toMatchObject({ error: 'invalid_request' });
    }
    const get = await open('/backchannel-logout');
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('revokes the session that a front-channel logout of the provider names, in its frame alone', async () => {
    const { cookie } = signedIn({ frontClaims: { sub: 'x', sid: 'sid-front' } });
    await open(`/frontchannel-logout?iss=https://evil.example/&sid=sid-front`);
    await open(`/frontchannel-logout?iss=${ISSUER}&sid=sid-front&sid=other`);
    expect((await open('/flow', { headers: { cookie } })).status).toBe(200);
    const page = await open(`/frontchannel-logout?iss=${encodeURIComponent(ISSUER)}&sid=sid-front`);
    expect(page.headers.get('content-security-policy')).toContain('frame-ancestors http://127.0.0.1:9');
    expect((await open('/flow', { headers: { cookie } })).status).toBe(303);
  });

  it('shows a page of its own where there is nothing', async () => {
    const page = await open('/nowhere', { headers: { accept: 'text/html' } });
    expect(page.status).toBe(404);
    expect(await page.text()).toContain('/assets/sample.css');
  });
});
