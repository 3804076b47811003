import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import * as oidc from 'openid-client';
import { epochSeconds } from '../clock.js';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import { checkIdToken, checkResponse, RefusedResponse } from '../oidc/checked-response.js';
import { Provider } from '../oidc/provider.js';
import { checkAccessTokenHash, checkSecondIdToken } from '../oidc/second-tokens.js';
import type { Flow, FlowChoice, Transaction } from './flow.js';

const SCOPE = 'openid profile email offline_access read:orders write:orders';
const random = (): string => randomBytes(24).toString('base64url');

/** What whoever started the sign-in asks for beside our own choice. */
export interface SignInWishes {
  /** Further parameters of the authorization request. */
  readonly hints?: Readonly<Record<string, string>>;
  readonly targetUrl?: string;
}

/** The hybrid flow from the application's side: begin, check the answer, exchange the code. */
@Injectable()
export class SignIn {
  constructor(
    private readonly provider: Provider,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  get redirectUri(): string {
    return `${this.config.url}/callback`;
  }

  /** Step 2: the request, with fresh state, nonce and PKCE. */
  async begin(choice: FlowChoice, { hints = {}, targetUrl }: SignInWishes = {}): Promise<Transaction> {
    const { clientId, configuration } = await this.provider.registration(choice.credential);
    const [state, nonce, codeVerifier] = [random(), random(), random() + random()];
    const address = new URL(configuration.serverMetadata().authorization_endpoint as string);
    const parameters = {
      client_id: clientId,
      redirect_uri: this.redirectUri,
      response_type: choice.responseType,
      response_mode: choice.responseMode,
      scope: SCOPE,
      audience: this.config.apiIdentifier,
      state,
      nonce,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...hints,
    };
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    const begun = { ...choice, state, nonce, codeVerifier, authorizationUrl: address.href, startedAt: epochSeconds() };
    return targetUrl === undefined ? begun : { ...begun, targetUrl };
  }

  /** Step 5: checks the answer. From here on the user is known, if an ID token came along. */
  async receive(transaction: Transaction, parameters: ReadonlyMap<string, string>): Promise<Flow> {
    const { clientId } = await this.provider.registration(transaction.credential);
    const jwt = parameters.get('id_token');
    const checked = checkResponse(parameters, {
      issuer: this.config.issuer,
      clientId,
      ...transaction,
      keys: jwt === undefined ? [] : await this.provider.keysFor(jwt),
      now: epochSeconds(),
    });
    return {
      ...{ transaction, clientId, formToken: random(), hashes: checked.hashes, responseChecks: checked.checks },
      responseParameters: [...parameters],
      exchangeChecks: [],
      apiCalls: [],
      later: [],
      notes: [],
      ...(checked.idToken === undefined ? {} : { frontClaims: checked.idToken.claims }),
      ...(checked.code === undefined ? {} : { code: checked.code }),
    };
  }

  /** Steps 6 to 8: the code for the second tokens, and the checks that bind them to the first. A code is sent once. */
  async exchange(flow: Flow): Promise<void> {
    const { transaction, code } = flow;
    if (code === undefined || flow.exchange !== undefined) return;
    const { configuration, exchanges } = await this.provider.recording(transaction.credential);
    try {
      const answer = await oidc.genericGrantRequest(configuration, 'authorization_code', {
        code,
        redirect_uri: this.redirectUri,
        code_verifier: transaction.codeVerifier,
      });
      await this.acceptTokens(flow, answer);
    } finally {
      const [first] = exchanges;
      if (first !== undefined) flow.exchange = first;
    }
  }

  private async acceptTokens(flow: Flow, answer: oidc.TokenEndpointResponse): Promise<void> {
    const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken } = answer;
    if (idToken === undefined) throw new RefusedResponse('the second answer has no ID token');
    const expected = { issuer: this.config.issuer, clientId: flow.clientId, now: epochSeconds() };
    const keys = await this.provider.keysFor(idToken);
    const second = checkIdToken(idToken, { ...expected, keys }, flow.transaction.nonce);
    const sameAsFirst = flow.frontClaims === undefined ? [] : checkSecondIdToken(flow.frontClaims, second.claims);
    const hash = checkAccessTokenHash(accessToken, second);
    flow.exchangeChecks = [
      'the second ID token is signed by the provider, for us, with our nonce',
      ...sameAsFirst,
      ...(hash === undefined ? [] : ['at_hash fits: the second ID token and access token were issued together']),
    ];
    if (hash !== undefined) flow.secondHash = hash;
    flow.secondClaims = second.claims;
    flow.tokens = { accessToken, idToken, ...(refreshToken === undefined ? {} : { refreshToken }) };
  }
}
