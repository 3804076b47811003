import { BehindTls } from './behind-tls.js';

/** The provider, and a site of single-page applications. */
export class SinglePageSystem {
  private constructor(private readonly behindTls: BehindTls) {}

  static async start(): Promise<SinglePageSystem> {
    return new SinglePageSystem(
      await BehindTls.start({
        apps: ['auth0-single-page', 'auth0-single-page'],
        config: ([port]) => configuration(`https://localhost:${port}`),
      }),
    );
  }

  /** Host and port of the provider, as the SDKs take it. */
  get domain(): string {
    return this.behindTls.domain;
  }

  /** The applications' origin; `/` has auth0-spa-js, `/auth0-js` has auth0-js. */
  get origin(): string {
    return `https://localhost:${this.behindTls.ports[0]}`;
  }

  /** Another origin that serves the same pages, and that no client has registered. */
  get foreignOrigin(): string {
    return `https://localhost:${this.behindTls.ports[1]}`;
  }

  stop(): Promise<void> {
    return this.behindTls.stop();
  }
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
