import type { ChildProcess } from 'node:child_process';
import { freePort } from '@tandem/dev';
import { startTandem, UserAgent } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';
import { startClientApp } from './client-app.js';

const SECRET = 'a-client-secret_with-signs-that-are-form-encoded-0001';
const APPS = [
  'express-openid-connect',
  'passport-openidconnect',
  'openid-client-5',
  'openid-client-6',
  'oidc-client-ts',
] as const;
type AppName = (typeof APPS)[number];

/** Applications on libraries that others use, unmodified, as processes of their own. Only the issuer is ours. */
describe('unmodified clients', () => {
  let tandem: RunningTandem;
  let addresses: Readonly<Record<AppName, string>>;
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    const ports = new Map<AppName, number>();
    for (const app of APPS) ports.set(app, await freePort());
    addresses = Object.fromEntries([...ports].map(([app, port]) => [app, `http://localhost:${port}`])) as Record<
      AppName,
      string
    >;
    tandem = await startTandem({ apps: ['auth-server'], config: configuration(addresses) });
    await Promise.all([...ports].map(([app, port]) => startApp(app, port)));
  }, 60_000);
  afterAll(async () => {
    for (const child of processes) child.kill();
    await tandem?.stop();
  }, 60_000);

  async function startApp(app: AppName, port: number): Promise<void> {
    const env = { ISSUER: tandem.issuer, BASE_URL: addresses[app], CLIENT_SECRET: SECRET };
    processes.push(await startClientApp(app, port, env));
  }

  /** Walks from the application's login through the provider's pages and back, until the application answers JSON. */
  async function signIn(start: string): Promise<Record<string, unknown>> {
    const agent = new UserAgent();
    let page = await agent.open(start);
    for (let step = 0; step < 10 && !isJson(page); step += 1) {
      const isSelfSubmitting = page.find('script').length > 0 && page.find('input[name="password"]').length === 0;
      if (isSelfSubmitting) page = await agent.follow(await agent.submit(page.autoSubmitForm()));
      else if (page.find('input[name="password"]').length > 0)
        page = await agent.follow(
          await agent.submit(page.form(), { username: 'alice@example.com', password: 'wonderland-42' }),
        );
      else page = await agent.follow(await agent.submit(page.form(), { decision: 'accept' }));
    }
    await agent.close();
    return page.json();
  }
  const isJson = (page: Page): boolean => (page.headers.get('content-type') ?? '').includes('json');

  it('accepts express-openid-connect with code id_token by form_post', async () => {
    const answer = await signIn(`${addresses['express-openid-connect']}/login`);
    expect(answer).toMatchObject({
      authenticated: true,
      hasAccessToken: true,
      hasRefreshToken: true,
      user: { name: 'Alice Example', email: 'alice@example.com' },
    });
    expect((answer['userinfo'] as { sub: string }).sub).toBe((answer['user'] as { sub: string }).sub);
  });

  it('accepts passport-openidconnect', async () => {
    expect(await signIn(`${addresses['passport-openidconnect']}/login`)).toMatchObject({
      authenticated: true,
      user: { displayName: 'Alice Example' },
    });
  });

  it.each(['code', 'code id_token', 'code token', 'code id_token token'])(
    'accepts openid-client 5 with %s by form_post',
    async (responseType) => {
      const answer = await signIn(
        `${addresses['openid-client-5']}/login?response_type=${encodeURIComponent(responseType)}`,
      );
      expect(answer).toMatchObject({
        responseType,
        claims: { aud: 'library' },
        userinfo: { email: 'alice@example.com' },
      });
    },
  );

  it('accepts openid-client 6 with code id_token by form_post, and refreshes', async () => {
    expect(await signIn(`${addresses['openid-client-6']}/login`)).toMatchObject({
      refreshed: true,
      claims: { aud: 'library' },
      userinfo: { email: 'alice@example.com' },
    });
  });

  it('accepts oidc-client-ts as a public client with PKCE', async () => {
    expect(await signIn(`${addresses['oidc-client-ts']}/login`)).toMatchObject({
      hasAccessToken: true,
      claims: { name: 'Alice Example' },
    });
  });
});

function configuration(addresses: Readonly<Record<AppName, string>>): object {
  const hybrid = {
    grant_types: ['authorization_code', 'implicit', 'refresh_token'],
    response_types: ['code', 'code id_token', 'code token', 'code id_token token'],
  };
  const callbacks = (...apps: AppName[]): string[] => apps.map((app) => `${addresses[app]}/callback`);
  return {
    clients: [
      {
        client_id: 'express',
        client_secret: SECRET,
        ...hybrid,
        redirect_uris: callbacks('express-openid-connect'),
        post_logout_redirect_uris: [addresses['express-openid-connect']],
      },
      {
        client_id: 'passport',
        client_secret: SECRET,
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: callbacks('passport-openidconnect'),
      },
      {
        client_id: 'library',
        client_secret: SECRET,
        ...hybrid,
        redirect_uris: callbacks('openid-client-5', 'openid-client-6'),
      },
      {
        client_id: 'spa',
        token_endpoint_auth_method: 'none',
        redirect_uris: callbacks('oidc-client-ts'),
        web_origins: [addresses['oidc-client-ts']],
      },
    ],
    users: [
      {
        email: 'alice@example.com',
        password: 'wonderland-42',
        email_verified: true,
        claims: { name: 'Alice Example', given_name: 'Alice', family_name: 'Example' },
      },
    ],
  };
}
