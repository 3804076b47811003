import { createHash, randomBytes } from 'node:crypto';
import type { TokenResponse } from '@tandem/contracts';
import { UserAgent } from '@tandem/testing';
import type { Page, RunningTandem } from '@tandem/testing';

const AUDIENCE = 'https://api.tandem.example/';
const BASIC = `Basic ${Buffer.from('demo-web:demo-web-secret-please-change-0001').toString('base64')}`;
const FORM = { authorization: BASIC, 'content-type': 'application/x-www-form-urlencoded' };
const USER = { username: 'alice@example.com', password: 'wonderland-42' };

const MAXIMUM_PAGES = 10;

/** The client `demo-web` of config/demo.yaml, as far as journeys need to act as it, with a browser of its own. */
export class DemoClient {
  readonly agent = new UserAgent();
  readonly redirectUri: string;
  private readonly codeVerifier = randomBytes(32).toString('base64url');

  constructor(
    private readonly tandem: Pick<RunningTandem, 'issuer' | 'sampleClientUrl'>,
    /** Where token requests go, when not to the issuer's own address: another replica. */
    private readonly tokenBase: string = tandem.issuer,
  ) {
    this.redirectUri = `${tandem.sampleClientUrl}/callback`;
  }

  authorizationUrl(parameters: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(`${this.tandem.issuer}authorize`);
    const all = {
      client_id: 'demo-web',
      redirect_uri: this.redirectUri,
      response_type: 'code id_token',
      response_mode: 'form_post',
      scope: 'openid read:orders',
      audience: AUDIENCE,
      state: randomBytes(8).toString('hex'),
      nonce: randomBytes(8).toString('hex'),
      code_challenge: createHash('sha256').update(this.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return url;
  }

  /** Signs in and allows what is asked. Returns the fields of the form_post response. */
  async signIn(parameters: Readonly<Record<string, string>> = {}): Promise<Readonly<Record<string, string>>> {
    let page = await this.agent.open(this.authorizationUrl(parameters));
    for (let step = 0; step < MAXIMUM_PAGES; step += 1) {
      const form = page.form();
      if (form.action.href === this.redirectUri) return Object.fromEntries(form.fields);
      page = await this.agent.follow(await this.answer(page));
    }
    throw new Error('the sign-in does not end');
  }

  exchange(code: string): Promise<Response> {
    return this.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri,
      code_verifier: this.codeVerifier,
    });
  }

  /** Redeems a code that another client object (the same client, at another replica) has got. */
  exchangeFor(other: DemoClient, code: string): Promise<Response> {
    return this.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri,
      code_verifier: other.codeVerifier,
    });
  }

  refresh(refreshToken: string, more: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...more });
  }

  revoke(token: string): Promise<Response> {
    return fetch(`${this.tokenBase}oauth/revoke`, {
      method: 'POST',
      headers: FORM,
      body: new URLSearchParams({ token }).toString(),
    });
  }

  /** A whole sign-in with its tokens. */
  async tokens(scope: string): Promise<TokenResponse> {
    const { code } = await this.signIn({ scope });
    const response = await this.exchange(code as string);
    if (response.status !== 200) throw new Error(`the exchange answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as TokenResponse;
  }

  private token(parameters: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(`${this.tokenBase}oauth/token`, {
      method: 'POST',
      headers: FORM,
      body: new URLSearchParams(parameters).toString(),
    });
  }

  private answer(page: Page): Promise<Page> {
    const isLogin = page.find('input[name="password"]').length > 0;
    return isLogin ? this.agent.submit(page.form(), USER) : this.agent.submit(page.form(), { decision: 'accept' });
  }
}
