import { once } from 'node:events';
import { connect } from 'node:net';
import { drainApps, rawRequest, sendRaw, startApp, statusOfRaw } from './web-app.spec-support.js';
import type { StartedApp } from './web-app.spec-support.js';

const FORM = 'application/x-www-form-urlencoded';
/** What no answer may tell (T94). */
const LEAK = /FST_|\bat \/|node_modules|nest|Error:|select \*|statusCode/i;

describe('web app', () => {
  let app: StartedApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(drainApps);

  const post = (type: string | undefined, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${app.url}/form`, {
      method: 'POST',
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
      body: Buffer.from(body),
    });

  async function expectRefusal(response: Response, status: number, error = 'invalid_request'): Promise<void> {
    const text = await response.text();
    expect([response.status, text]).toEqual([status, expect.stringContaining(`"error":"${error}"`)]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(LEAK);
  }

  it('accepts a form body as raw text, so that the reader judges repeated names and broken escapes', async () => {
    const body = 'a=1&a=2&b=%ff&c[]=x&__proto__=y';
    expect(await (await post(FORM, body)).json()).toEqual({ body });
    expect(await (await post(`${FORM}; charset=UTF-8`, 'a=é')).json()).toEqual({ body: 'a=é' });
  });

  it('accepts JSON, but not with a prototype in it', async () => {
    expect(await (await post('application/json', '{"a":1}')).json()).toEqual({ body: { a: 1 } });
    await expectRefusal(await post('application/json', '{"__proto__":{"x":1}}'), 400);
    await expectRefusal(await post('application/json', '{"constructor":{"prototype":{"x":1}}}'), 400);
    await expectRefusal(await post('application/json', '{'), 400);
    await expectRefusal(await post('application/json', ''), 400);
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/json\ta', 'application/xml', undefined])(
    'refuses a body of type %s with 415',
    async (type) => {
      if (type?.includes('\t') === true) {
        const raw = rawRequest('POST /form HTTP/1.1', [`Content-Type: ${type}`, 'Content-Length: 2'], '{}');
        return expect(statusOfRaw(await sendRaw(app.port, raw))).toBe(415);
      }
      await expectRefusal(await post(type, 'a=1'), 415);
    },
  );

  it.each([
    ['a charset', { 'content-type': `${FORM}; charset=utf-16` }],
    ['a quoted charset', { 'content-type': `${FORM}; charset="iso-8859-1"` }],
    ['a charset with spaces', { 'content-type': `${FORM}; charset = utf-16` }],
    ['an encoding', { 'content-type': FORM, 'content-encoding': 'gzip' }],
  ])('refuses %s that it would otherwise ignore', async (_what, headers) => {
    await expectRefusal(await post(undefined, 'a=1', headers), 415);
  });

  it('refuses 65 kB of body with 413 and 9 kB of URL with 414', async () => {
    await expectRefusal(await post(FORM, 'a'.repeat(65 * 1_024)), 413);
    await expectRefusal(await fetch(`${app.url}/admin?${'a'.repeat(9_000)}`), 414);
  });

  it('hears out who still sends what is too large, so that the refusal is read', async () => {
    const socket = connect(app.port, '127.0.0.1');
    const head = ['POST /form HTTP/1.1', 'Host: here', `Content-Type: ${FORM}`, 'Content-Length: 1048576', '', ''];
    socket.write(head.join('\r\n'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(statusOfRaw(answer.toString('latin1'))).toBe(413);
    socket.end(Buffer.alloc(1_048_576, 'a'));
    // `once` throws when the connection breaks instead.
    await once(socket.resume(), 'close');
  });

  it('refuses more than 100 parameters, in the query and in the body', async () => {
    const parameters = (count: number): string => Array.from({ length: count }, (_, index) => `p${index}=1`).join('&');
    expect((await fetch(`${app.url}/admin?${parameters(100)}`)).status).toBe(200);
    expect((await post(FORM, parameters(100))).status).toBe(201);
    await expectRefusal(await fetch(`${app.url}/admin?${parameters(101)}`), 400);
    await expectRefusal(await post(FORM, parameters(101)), 400);
    const started = performance.now();
    await expectRefusal(await post(FORM, parameters(5_000)), 400);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it.each(['Host', 'Authorization', 'Content-Type'])('refuses a second %s header', async (name) => {
    const raw = rawRequest('GET /admin HTTP/1.1', name === 'Host' ? ['Host: there'] : [`${name}: a`, `${name}: b`]);
    const answer = await sendRaw(app.port, raw);
    expect(statusOfRaw(answer)).toBe(400);
    expect(answer).not.toMatch(LEAK);
  });

  it.each(['/%ff', '/%E0%A4%A', '/things/%c0%ae', '/things/%00', '/things/a%0D%0Ab', '/things/%7f', '/%1f'])(
    'refuses the malformed path %s without telling a code',
    async (path) => {
      const answer = await sendRaw(app.port, rawRequest(`GET ${path} HTTP/1.1`));
      expect(statusOfRaw(answer)).toBe(400);
      expect(answer).toContain('"error":"invalid_request"');
      expect(answer).not.toMatch(LEAK);
    },
  );

  it.each(['/admin/', '//admin', '/admin;x', '/ADMIN', '/admin%2f', '/admin/..%2fadmin', '/metrics'])(
    'tells that nothing is at %s',
    async (path) => {
      const answer = await sendRaw(app.port, rawRequest(`GET ${path} HTTP/1.1`));
      expect(statusOfRaw(answer)).toBe(404);
      expect(answer).toContain('"error":"not_found"');
    },
  );

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])(
    'refuses %s where only POST is taken',
    async (method) => {
      const response = await fetch(`${app.url}/form`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
      if (method !== 'HEAD') await expectRefusal(response, 405);
    },
  );

  it('refuses HEAD, which no handler of ours was written for', async () => {
    const response = await fetch(`${app.url}/admin`, { method: 'HEAD' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });

  it('refuses TRACE and a method override', async () => {
    expect(statusOfRaw(await sendRaw(app.port, rawRequest('TRACE /admin HTTP/1.1')))).toBe(405);
    const response = await fetch(`${app.url}/form?_method=POST`, { headers: { 'x-http-method-override': 'POST' } });
    await expectRefusal(response, 405);
  });

  it('refuses what the HTTP parser refuses in the same form', async () => {
    const both = ['Transfer-Encoding: chunked', 'Content-Length: 3', `Content-Type: ${FORM}`];
    const smuggled = await sendRaw(app.port, rawRequest('POST /form HTTP/1.1', both, '0\r\n\r\n'));
    const headers = await sendRaw(app.port, rawRequest('GET /admin HTTP/1.1', [`X-Long: ${'a'.repeat(17_000)}`]));
    const nonsense = await sendRaw(app.port, 'not http\r\n\r\n');
    expect([smuggled, headers, nonsense].map(statusOfRaw)).toEqual([400, 431, 400]);
    for (const answer of [smuggled, headers, nonsense]) {
      expect(answer).toContain('"error":"invalid_request"');
      expect(answer.toLowerCase()).toContain('cache-control: no-store');
      expect(answer).not.toMatch(LEAK);
    }
  });

  it('tells nothing of an unexpected error but logs it', async () => {
    await expectRefusal(await fetch(`${app.url}/failing`), 500, 'server_error');
    expect(app.lines).toContainEqual(
      expect.objectContaining({ msg: 'unexpected error', err: expect.objectContaining({ stack: expect.any(String) }) }),
    );
  });

  it('tells in a handler’s own words what it refuses', async () => {
    const response = await fetch(`${app.url}/guarded`);
    expect([response.status, await response.json()]).toEqual([403, { error: 'insufficient_scope' }]);
  });

  it('shows a page to a person and JSON to everybody else', async () => {
    const accept = { accept: 'text/html,application/xhtml+xml' };
    const page = await fetch(`${app.url}/nowhere`, { headers: accept });
    expect(page.status).toBe(404);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('there is nothing at this address');
    const malformed = await sendRaw(app.port, rawRequest('GET /%ff HTTP/1.1', ['Accept: text/html']));
    expect(malformed).toContain('<!doctype html>');
    await expectRefusal(
      await fetch(`${app.url}/nowhere`, { headers: { accept: 'application/json' } }),
      404,
      'not_found',
    );
  });

  it('accepts no forwarded header and no request id while no proxy is trusted', async () => {
    const headers = { 'x-forwarded-host': 'evil', 'x-forwarded-proto': 'https', 'x-forwarded-for': '1.2.3.4' };
    const response = await fetch(`${app.url}/things/1`, { headers: { ...headers, 'x-request-id': 'mine' } });
    const told = (await response.json()) as Record<string, string>;
    expect(told).toMatchObject({ ip: '127.0.0.1', host: `127.0.0.1:${app.port}`, protocol: 'http' });
    expect(told['requestId']).toMatch(/^[\w-]{12}-[0-9a-z]+$/);
  });

  it('limits how long headers and bodies may take and how many connections there are', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout, maxConnections } = app.server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, maxConnections }).toEqual({
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 65_000,
      maxConnections: 8_000,
    });
  });

  it('refuses a request whose headers never end', async () => {
    const socket = connect(app.port, '127.0.0.1');
    socket.write('GET /admin HTTP/1.1\r\nHost: here\r\n');
    const started = performance.now();
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(statusOfRaw(answer.toString())).toBe(408);
    expect(performance.now() - started).toBeLessThan(9_000);
    socket.destroy();
  }, 15_000);
});

describe('web app behind a trusted proxy', () => {
  afterEach(drainApps);
  const headers = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-request-id': 'proxy-17' };
  const told = async (app: StartedApp, more: Record<string, string> = {}): Promise<Record<string, string>> =>
    (await (await fetch(`${app.url}/things/1`, { headers: { ...headers, ...more } })).json()) as Record<string, string>;

  it('accepts its forwarded headers and a sensible request id', async () => {
    const app = await startApp({ trustedProxies: ['127.0.0.0/8', '::1'] });
    expect(await told(app)).toMatchObject({ ip: '203.0.113.9', protocol: 'https', requestId: 'proxy-17' });
    expect((await told(app, { 'x-request-id': 'a b\\n' }))['requestId']).toMatch(/^[\w-]{12}-[0-9a-z]+$/);
    expect((await told(app, { 'x-forwarded-for': 'a' }))['ip']).toBeDefined();
  });

  it('refuses those of anybody else', async () => {
    const app = await startApp({ trustedProxies: ['10.0.0.0/8'] });
    const { ip, requestId } = await told(app);
    expect(ip).toBe('127.0.0.1');
    expect(requestId).not.toBe('proxy-17');
  });

  it('refuses to start with something that is no address', async () => {
    await expect(startApp({ trustedProxies: ['proxy.example'] })).rejects.toThrow('not an address');
  });
});
