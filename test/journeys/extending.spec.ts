import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO, inProject } from '@tandem/dev';
import { startTandem, UserAgent } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';

/** What a stranger adds by the recipes of docs/extending.md: one file and one line each, here in the compiled form. */
const ADDITIONS = [
  {
    list: 'token-endpoint/grant-types/index.js',
    name: 'ToyGrant',
    file: 'token-endpoint/grant-types/toy.js',
    text: `
      import { OAuthError } from '@tandem/protocol';
      export class ToyGrant {
        static wireName = 'urn:example:toy';
        name = ToyGrant.wireName;
        async redeem() { throw new OAuthError('invalid_grant', 'toys can not be redeemed'); }
      }`,
  },
  {
    list: 'interaction/login-methods/index.js',
    name: 'ToyLogin',
    file: 'interaction/login-methods/toy.js',
    text: `
      export class ToyLogin {
        static methodName = 'toy';
        static acr = 'phr';
        name = ToyLogin.methodName;
        async authenticate() {
          return { outcome: 'authenticated', authentication: { userId: process.env.TOY_USER, amr: ['pop', 'mfa'] } };
        }
      }`,
  },
  {
    list: 'interaction/second-factors/index.js',
    name: 'ToyFactor',
    file: 'interaction/second-factors/toy.js',
    text: `
      export class ToyFactor {
        name = 'toy-factor';
        amr = ['toy'];
        async enrolled(userId) { return userId === process.env.TOY_USER; }
        part() { return { view: 'toy' }; }
        async verify(user, form) { return form.get('code')?.[0] === 'toy'; }
      }`,
  },
  {
    list: 'client-authentication/methods/index.js',
    name: 'ToyAuthentication',
    file: 'client-authentication/methods/toy.js',
    text: `
      export class ToyAuthentication {
        static methodName = 'toy_auth';
        name = ToyAuthentication.methodName;
        speaks({ form }) { return form.has('toy'); }
        clientId({ form }) { return form.get('client_id')?.[0]; }
        async prove(client, { form }) { return client !== undefined && form.get('toy')?.[0] === 'yes'; }
      }`,
  },
] as const;

describe('extending', () => {
  // Inside node_modules, so that its imports are found as the project's own are.
  const extended = inProject('node_modules/.cache/tandem', `extended-${randomUUID()}`);
  let tandem: RunningTandem;
  let issuer: string;

  beforeAll(async () => {
    for (const part of ['dist', 'views', 'public', 'package.json'])
      cpSync(inProject('apps/auth-server', part), join(extended, part), { recursive: true });
    for (const { list, name, file, text } of ADDITIONS) {
      writeFileSync(join(extended, 'dist', file), text);
      const path = join(extended, 'dist', list);
      const listed = readFileSync(path, 'utf8').replace(/= \[(\n\s*)?/, (opening) => `${opening}${name}, `);
      writeFileSync(path, `import { ${name} } from './toy.js';\n${listed}`);
    }
    writeFileSync(
      join(extended, 'views/second-factors/toy.eta'),
      `<form method="post" action="/login/second-factor"><%~ include('../login-methods/hidden', it) %><input name="code"></form>`,
    );
    tandem = await startTandem({ apps: ['auth-server'] });
    const claims = await new DemoClient(tandem).tokens('openid');
    const user = (
      JSON.parse(Buffer.from(claims.id_token?.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }
    ).sub;
    const config = join(extended, 'tandem.yaml');
    writeFileSync(config, `${readFileSync(tandem.configFile, 'utf8')}\nlogin: { methods: [password, toy] }\n`);
    const environment = { TOY_USER: user, TANDEM_CONFIG: config };
    const replica = await tandem.replica('auth-server', environment, join(extended, 'dist/main.js'));
    issuer = `${replica.url}/`;
  }, 60_000);
  afterAll(async () => {
    await tandem?.stop();
    rmSync(extended, { recursive: true, force: true });
  }, 60_000);

  it('tells of what was added in the discovery document', async () => {
    const metadata = (await (await fetch(`${issuer}.well-known/openid-configuration`)).json()) as Record<
      string,
      string[]
    >;
    expect(metadata['grant_types_supported']).toContain('urn:example:toy');
    expect(metadata['token_endpoint_auth_methods_supported']).toContain('toy_auth');
    expect(metadata['acr_values_supported']).toContain('phr');
  });

  it('refuses the toy grant to a client that is not registered for it, by the shared steps of the endpoint', async () => {
    const basic = Buffer.from('demo-web:demo-web-secret-please-change-0001').toString('base64');
    const ask = (grantType: string): Promise<Response> =>
      fetch(`${issuer}oauth/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: grantType }),
      });
    expect(await (await ask('urn:example:toy')).json()).toMatchObject({ error: 'unauthorized_client' });
    expect(await (await ask('urn:example:nothing')).json()).toMatchObject({ error: 'unsupported_grant_type' });
  });

  it('refuses a client that tries the toy method without being registered for it', async () => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'demo-service', toy: 'yes' });
    const answer = await fetch(`${issuer}oauth/token`, { method: 'POST', body });
    expect(answer.status).toBe(401);
  });

  /** Goes where a redirect leads, at the other build, whose own address is not in its redirects. */
  const followed = (agent: UserAgent, location: string | null | undefined): Promise<Page> => {
    const { pathname, search } = new URL(location ?? '', issuer);
    return agent.get(new URL(pathname + search, issuer));
  };

  async function loginPage(agent: UserAgent, parameters: Readonly<Record<string, string>>): Promise<Page> {
    const page = await followed(agent, new DemoClient(tandem).authorizationUrl(parameters).href);
    return followed(agent, page.location?.href);
  }

  async function send(agent: UserAgent, page: Page, values: Readonly<Record<string, string>>): Promise<Response> {
    const { action, fields } = page.form();
    const kept = fields.filter(([name]) => values[name] === undefined);
    return fetch(new URL(action.pathname, issuer), {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: await agent.cookies.header(new URL(issuer), 'strict') },
      body: new URLSearchParams([
        ...kept.map(([name, value]): [string, string] => [name, value]),
        ...Object.entries(values),
      ]),
    });
  }

  it('accepts a sign-in by the toy login method', async () => {
    const agent = new UserAgent();
    const login = await loginPage(agent, { scope: 'openid' });
    expect(login.body).toContain('Continue with toy');
    const answer = await send(agent, login, { method: 'toy' });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toContain('/authorize?interaction=');
  });

  it('refuses a weaker way to sign in where only the toy reaches what is demanded', async () => {
    const agent = new UserAgent();
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'phr' } } });
    const login = await loginPage(agent, { scope: 'openid', claims });
    const weak = await send(agent, login, { username: DEMO.user.email, password: DEMO.user.password });
    expect([weak.status, weak.headers.get('set-cookie')]).toEqual([200, null]);
    expect(await weak.text()).toContain('asks for a stronger way to sign in');
    expect((await send(agent, login, { method: 'toy' })).status).toBe(303);
  });

  it('accepts the toy second factor after the password of who has it', async () => {
    const agent = new UserAgent();
    const login = await loginPage(agent, { scope: 'openid' });
    const half = await send(agent, login, { username: DEMO.user.email, password: DEMO.user.password });
    expect([half.headers.get('location'), half.headers.get('set-cookie')]).toEqual([
      expect.stringContaining('/login/second-factor?interaction='),
      null,
    ]);
    const page = await followed(agent, half.headers.get('location'));
    expect(await (await send(agent, page, { code: 'wrong' })).text()).toContain('not right');
    const whole = await send(agent, page, { code: 'toy' });
    expect(whole.headers.get('set-cookie')).toContain('tandem_session');
  });
});
