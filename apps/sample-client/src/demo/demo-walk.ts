import { s256 } from '@tandem/protocol';
import { describeFlow } from '../flow/describe-flow.js';
import { exhibitText } from '../flow/exhibits.js';
import type { Flow, Transaction } from '../flow/flow.js';
import type { OrdersApi } from '../flow/orders-api.js';
import type { SignIn } from '../flow/sign-in.js';
import { RefusedResponse } from '../oidc/checked-response.js';
import type { DemoBrowser } from './demo-browser.js';

/** Longer than a revocation takes to reach the API. */
const REVOCATION_MILLISECONDS = 5_000;

/** Something that has to be true for the demo to succeed. */
type Statement = readonly [what: string, holds: boolean];

/** Walks the ten steps as the client, shows each with its messages, and makes sure of what it shows. */
export class DemoWalk {
  constructor(
    private readonly signIn: SignIn,
    /** The same client with a wrong secret. */
    private readonly impostor: SignIn,
    private readonly api: OrdersApi,
    private readonly browser: DemoBrowser,
    private readonly print: (text: string) => void,
  ) {}

  /** @throws Error at the first statement that does not hold. */
  async run(): Promise<void> {
    const transaction = await this.signIn.begin(
      { responseType: 'code id_token', responseMode: 'form_post', credential: 'secret' },
      { hints: { prompt: 'login consent' } },
    );
    const answer = await this.browser.signIn(transaction.authorizationUrl, this.signIn.redirectUri);
    const flow = await this.signIn.receive(transaction, answer);
    await this.towardsTheProvider(flow, answer);
    await this.exchange(flow);
    await this.callTheApi(flow);
  }

  private async towardsTheProvider(flow: Flow, answer: ReadonlyMap<string, string>): Promise<void> {
    const { transaction, frontClaims } = flow;
    const { searchParams: request } = new URL(transaction.authorizationUrl);
    const { state, nonce, codeVerifier } = transaction;
    this.show(flow, 1, [
      ['state, nonce and PKCE verifier are fresh', new Set([state, nonce, codeVerifier]).size === 3],
    ]);
    this.show(flow, 2, [
      ['response_type is code id_token', request.get('response_type') === 'code id_token'],
      ['response_mode is form_post', request.get('response_mode') === 'form_post'],
      ['code_challenge is the SHA-256 of the verifier', request.get('code_challenge') === s256(codeVerifier)],
    ]);
    this.show(flow, 3, [['the provider showed its login page', this.browser.sawLogin]]);
    this.show(flow, 4, [['the permissions were listed in words', this.browser.sawPermissions]]);
    this.show(flow, 5, [
      ['the user is known before the exchange', frontClaims?.sub !== undefined],
      [
        'code and ID token were in no address',
        !this.browser.addresses.some((one) => /[?&#](code|id_token)=/.test(one)),
      ],
      ['with another code the answer is refused', await this.isRefused(transaction, answer, 'code', 'ac_another')],
      [
        'with another issuer the answer is refused',
        await this.isRefused(transaction, answer, 'iss', 'https://evil.example/'),
      ],
    ]);
  }

  private async exchange(flow: Flow): Promise<void> {
    const refused = (await this.statusOfExchange(flow, this.impostor)) === 401;
    await this.signIn.exchange(flow);
    const { exchange, secondClaims, tokens } = flow;
    const sent = new URLSearchParams(exchange?.request.body ?? '');
    this.show(flow, 6, [
      ['the code was sent with the verifier', sent.has('code') && sent.has('code_verifier')],
      ['the credential was sent', exchange?.request.headers['authorization']?.startsWith('Basic ') === true],
    ]);
    this.show(flow, 7, [
      ['with a wrong secret it refused, and left the code alone', refused],
      ['with the right one it accepted code, redirect_uri and verifier', exchange?.response.status === 200],
    ]);
    this.show(flow, 8, [
      ['a second ID token came', secondClaims !== undefined],
      ['a second access token came', tokens?.accessToken !== undefined],
      ['a refresh token came', tokens?.refreshToken !== undefined],
      ['no cache may keep them', exchange?.response.headers['cache-control'] === 'no-store'],
    ]);
  }

  private async callTheApi(flow: Flow): Promise<void> {
    const token = flow.tokens?.accessToken ?? '';
    const overHttp = [await this.api.place(token), await this.api.list(token)];
    flow.apiCalls = this.api.hasBus ? [...overHttp, await this.api.listOverNats(token)] : overHttp;
    this.show(flow, 9, []);
    const answers = flow.apiCalls.map(({ over, what, status }): Statement => [
      `${over} ${what.split(' ', 1)[0]} answered ${status}`,
      status < 300,
    ]);
    const withoutToken = await this.api.list('');
    this.show(flow, 10, [
      ...answers,
      [`without a token it answers ${withoutToken.status}`, withoutToken.status === 401],
      // Last, since the provider ends everything that came of the code.
      ['a second use of the code is refused', (await this.statusOfExchange(flow)) === 400],
      ['and ends what came of the first: the API refuses the access token', await this.isRevoked(token)],
    ]);
    if (!this.api.hasBus) this.print('   – NATS_URL is not set: the call over NATS was left out');
  }

  private show(flow: Flow, wanted: number, statements: readonly Statement[]): void {
    const step = describeFlow(flow, this.signIn.redirectUri).find(({ number }) => number === wanted);
    if (step === undefined) throw new Error(`there is no step ${wanted}`);
    this.print(`\n${wanted}. ${step.title}\n   ${step.text}`);
    for (const visit of this.browser.visitsOf(wanted)) this.print(`   → ${visit}`);
    for (const exhibit of step.exhibits)
      this.print(`   ── ${exhibit.title}\n${exhibitText(exhibit).replace(/^/gm, '      ')}`);
    const hashes = step.hashes.map(({ claim, hash, computed, holds }): Statement => [
      `${claim} = base64url(left half of ${hash}) = ${computed}`,
      holds,
    ]);
    const checks = step.checks.map((check): Statement => [check, true]);
    for (const [what, holds] of [...hashes, ...checks, ...statements]) {
      this.print(`   ${holds ? '✓' : '✗'} ${what}`);
      if (!holds) throw new Error(`step ${wanted} does not hold: ${what}`);
    }
  }

  private async isRefused(
    transaction: Transaction,
    answer: ReadonlyMap<string, string>,
    name: string,
    value: string,
  ): Promise<boolean> {
    try {
      await this.signIn.receive(transaction, new Map([...answer, [name, value]]));
      return false;
    } catch (error) {
      return error instanceof RefusedResponse;
    }
  }

  /** Sends the flow's code on behalf of a copy of it. */
  private async statusOfExchange(
    { exchange: _sent, tokens: _tokens, ...rest }: Flow,
    by: SignIn = this.signIn,
  ): Promise<number | undefined> {
    const copy: Flow = { ...rest };
    await by.exchange(copy).catch(() => undefined);
    return copy.exchange?.response.status;
  }

  private async isRevoked(accessToken: string): Promise<boolean> {
    const end = performance.now() + REVOCATION_MILLISECONDS;
    while (performance.now() < end) if ((await this.api.list(accessToken)).status === 401) return true;
    return false;
  }
}
