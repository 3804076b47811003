import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { halfHash } from '@tandem/protocol';
import * as oidc from 'openid-client';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import {
  algOf,
  checkHash,
  checkIdToken,
  checkResponse,
  checkSecondIdToken,
  RefusedResponse,
} from '../oidc/checked-response.js';
import { Provider } from '../oidc/provider.js';
import type { Flow, FlowChoice, Transaction } from './flow.js';

const SCOPE = 'openid profile email offline_access read:orders write:orders';
const random = (): string => randomBytes(24).toString('base64url');
const epochSeconds = (): number => Math.floor(Date.now() / 1_000);

export const decodeClaims = (jwt: string): unknown => {
  try {
    return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};

/** The hybrid flow from the application's side: begin, check the answer, exchange the code, refresh. */
@Injectable()
export class SignIn {
  constructor(
    private readonly provider: Provider,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  get redirectUri(): string {
    return `${this.config.url}/callback`;
  }

  /** Step 2: the request, with fresh state, nonce and PKCE. `hints` come from a login that a third party started. */
  async begin(choice: FlowChoice, hints: Readonly<Record<string, string>> = {}): Promise<Transaction> {
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
    return { ...choice, state, nonce, codeVerifier, authorizationUrl: address.href, startedAt: epochSeconds() };
  }

  /** Step 5: checks the answer. From here on the user is known, if an ID token came along. */
  async receive(transaction: Transaction, parameters: ReadonlyMap<string, string>): Promise<Flow> {
    const { clientId } = await this.provider.registration(transaction.credential);
    const jwt = parameters.get('id_token');
    const checked = checkResponse(parameters, {
      issuer: this.config.issuer,
      clientId,
      ...transaction,
      keys: jwt === undefined ? [] : await this.keysFor(jwt),
      now: epochSeconds(),
    });
    return {
      ...{ transaction, clientId, hashes: checked.hashes, responseChecks: checked.checks },
      responseParameters: [...parameters],
      exchangeChecks: [],
      apiCalls: [],
      notes: [],
      ...(checked.idToken === undefined ? {} : { frontClaims: checked.idToken.claims }),
      ...(checked.code === undefined ? {} : { code: checked.code }),
    };
  }

  /** Steps 6 to 8: the code for the second tokens, and the checks that bind them to the first. */
  async exchange(flow: Flow): Promise<void> {
    const { transaction, code } = flow;
    if (code === undefined || flow.tokens !== undefined) return;
    const { configuration, exchanges } = await this.provider.recording(transaction.credential);
    try {
      const answer = await oidc.genericGrantRequest(configuration, 'authorization_code', {
        code,
        redirect_uri: this.redirectUri,
        code_verifier: transaction.codeVerifier,
      });
      const { access_token: accessToken, id_token: idToken, refresh_token: refreshToken } = answer;
      if (idToken === undefined) throw new RefusedResponse('the second answer has no ID token');
      const second = checkIdToken(
        idToken,
        { issuer: this.config.issuer, clientId: flow.clientId, keys: await this.keysFor(idToken), now: epochSeconds() },
        transaction.nonce,
      );
      const same = flow.frontClaims === undefined ? [] : checkSecondIdToken(flow.frontClaims, second.claims);
      const hash = checkHash('at_hash', accessToken, algOf(idToken), second.claims);
      if (hash.inToken !== undefined && !hash.holds)
        throw new RefusedResponse('at_hash of the second ID token does not fit');
      flow.exchangeChecks = [
        'the second ID token is signed by the provider, for us, with our nonce',
        ...same,
        `at_hash fits the access token (${halfHash(accessToken, hash.alg)})`,
      ];
      flow.secondClaims = second.claims;
      flow.accessTokenClaims = decodeClaims(accessToken);
      flow.tokens = { accessToken, idToken, ...(refreshToken === undefined ? {} : { refreshToken }) };
    } finally {
      const [first] = exchanges;
      if (first !== undefined) flow.exchange = first;
    }
  }

  /** Exchanges the refresh token for new tokens. */
  async refresh(flow: Flow): Promise<void> {
    const { tokens, transaction } = flow;
    if (tokens?.refreshToken === undefined) return;
    const { configuration } = await this.provider.registration(transaction.credential);
    const answer = await oidc.refreshTokenGrant(configuration, tokens.refreshToken);
    flow.tokens = {
      accessToken: answer.access_token,
      ...(answer.id_token === undefined ? {} : { idToken: answer.id_token }),
      refreshToken: answer.refresh_token ?? tokens.refreshToken,
    };
    flow.accessTokenClaims = decodeClaims(answer.access_token);
    flow.notes.push('Refreshed: a new access token and a new refresh token; the old refresh token is used up.');
  }

  /** Revokes the refresh token, and with it the whole grant. */
  async revoke(flow: Flow): Promise<void> {
    const token = flow.tokens?.refreshToken ?? flow.tokens?.accessToken;
    if (token === undefined) return;
    const { configuration } = await this.provider.registration(flow.transaction.credential);
    await oidc.tokenRevocation(configuration, token);
    flow.notes.push('Revoked: call the API now and see that it refuses the access token, though that has not expired.');
  }

  /** Where the browser goes to sign out at the provider too. */
  async logoutUrl(flow: Flow): Promise<string> {
    const { configuration } = await this.provider.registration(flow.transaction.credential);
    const idToken = flow.tokens?.idToken ?? flow.responseParameters.find(([name]) => name === 'id_token')?.[1];
    return oidc.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: `${this.config.url}/`,
      ...(idToken === undefined ? {} : { id_token_hint: idToken }),
    }).href;
  }

  private async keysFor(jwt: string): ReturnType<Provider['keys']> {
    const header = decodeHeader(jwt);
    return this.provider.keys(header.kid, header.alg ?? 'RS256');
  }
}

function decodeHeader(jwt: string): { readonly kid?: string; readonly alg?: string } {
  try {
    const header: unknown = JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null ? header : {};
  } catch {
    throw new RefusedResponse('the ID token is malformed');
  }
}
