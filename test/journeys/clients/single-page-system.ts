import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';

/** The provider behind TLS, since Auth0's SDKs know nothing else, and a site of single-page applications on the same machine. */
export class SinglePageSystem {
  private constructor(
    /** Host and port, as the SDKs take it. */
    readonly domain: string,
    /** The applications' origin; `/` has auth0-spa-js, `/auth0-js` has auth0-js. */
    readonly origin: string,
    /** Another origin that serves the same pages, and that no client has registered. */
    readonly foreignOrigin: string,
    private readonly tandem: RunningTandem,
    private readonly processes: readonly ChildProcess[],
  ) {}

  static async start(): Promise<SinglePageSystem> {
    const [target, front, site, foreign] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const origin = `https://localhost:${site}`;
    const domain = `localhost:${front}`;
    const [tandem, ...processes] = await Promise.all([
      startTandem({
        apps: ['auth-server'],
        ports: { 'auth-server': target },
        env: { ISSUER: `https://${domain}/` },
        config: configuration(origin),
      }),
      startApp('tls-front', front, { TARGET: `http://127.0.0.1:${target}` }),
      startApp('auth0-single-page', site),
      startApp('auth0-single-page', foreign),
    ]);
    return new SinglePageSystem(domain, origin, `https://localhost:${foreign}`, tandem, processes);
  }

  async stop(): Promise<void> {
    for (const child of this.processes) child.kill();
    await this.tandem.stop();
  }
}

async function startApp(name: string, port: number, env: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'apps', `${name}.mjs`)], {
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

export const API = 'https://api.single-page.example/';

const configuration = (origin: string): object => ({
  apis: [
    {
      identifier: API,
      scopes: { 'read:notes': 'Read your notes', 'write:notes': 'Write notes' },
      allow_offline_access: true,
    },
  ],
  clients: [
    {
      client_id: 'single-page',
      client_name: 'Notes',
      token_endpoint_auth_method: 'none',
      redirect_uris: [origin, `${origin}/auth0-js`],
      post_logout_redirect_uris: [origin],
      web_origins: [origin],
      response_types: ['code', 'id_token', 'id_token token'],
      audiences: [API],
    },
    {
      client_id: 'without-origin',
      token_endpoint_auth_method: 'none',
      redirect_uris: [origin],
      skip_consent: true,
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
});
