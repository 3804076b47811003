import { UserAgent } from '@tandem/testing';
import { openRequest, walk, type Walk } from './authorization.js';
import { checkErrorPage, checkSuccess, readError, readResponse } from './authorization-response.js';
import { deleteClient, registerClient } from './client.js';
import type { AssertionOptions, ClientKey, Metadata, RegisteredClient } from './client.js';
import { checkIdToken, type ExpectedIdToken, type IdToken } from './id-token.js';
import { discover, type Provider } from './provider.js';
import { newNonce, newState } from './random-text.js';
import { agreesWithStrictClient } from './strict-client.js';
import { checkTokenResponse, requestToken, type TokenResponse } from './token-endpoint.js';
import { checkUserinfo, requestUserinfo } from './userinfo.js';
import type { Claims } from './claim-types.js';
import { declaredClient } from './declared-client.js';
import { brings, placeOf, type Place, type Variant } from './variant.js';

/** Parameters that a module adds to the usual request, replaces, or leaves out (`undefined`). */
export type Changes = Readonly<Record<string, string | undefined>>;

export interface RequestOptions {
  readonly method?: 'GET' | 'POST';
}

/** How a code is redeemed, when not in the usual way. */
export interface RedeemOptions {
  readonly more?: Readonly<Record<string, string>>;
  readonly assertion?: AssertionOptions;
}

/** A response that brought everything it should, checked to the last claim. */
export interface SignedIn {
  readonly walk: Walk;
  readonly request: URLSearchParams;
  readonly parameters: URLSearchParams;
  readonly idToken: IdToken;
  readonly code?: string;
  readonly tokens?: TokenResponse;
  /** One per access token, the front channel's first. */
  readonly userinfo: readonly Claims[];
}

/** One module at work: a browser of its own, clients of its own, and the server as it describes itself now. */
export class ModuleRun {
  readonly agent = new UserAgent();
  private readonly clients: RegisteredClient[] = [];

  private constructor(
    readonly variant: Variant,
    readonly provider: Provider,
  ) {}

  static async start(variant: Variant): Promise<ModuleRun> {
    return new ModuleRun(variant, await discover(variant.clientAuthentication));
  }

  /** A client for this module: one that registers itself, or the declared one that is like it. */
  async register(changes: Metadata = {}, key?: ClientKey): Promise<RegisteredClient> {
    const client =
      this.variant.registration === 'static'
        ? await declaredClient(changes, this.clients.length)
        : await registerClient(this.provider, this.variant, changes, key);
    this.clients.push(client);
    return client;
  }

  async end(): Promise<void> {
    await this.agent.close();
    await Promise.all(this.clients.map(deleteClient));
  }

  /** The suite's usual authorization request. */
  request(client: RegisteredClient, changes: Changes = {}): URLSearchParams {
    const { responseType, responseMode } = this.variant;
    const parameters: Changes = {
      client_id: client.clientId,
      redirect_uri: client.redirectUri,
      scope: 'openid',
      state: newState(),
      nonce: newNonce(),
      response_type: responseType,
      ...(responseMode === 'form_post' ? { response_mode: 'form_post' } : {}),
      ...changes,
    };
    return new URLSearchParams(
      Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  /** Sends a request through the pages to its end, whatever that is. */
  async authorize(request: URLSearchParams, { method = 'GET' }: RequestOptions = {}): Promise<Walk> {
    const endpoint = this.provider.metadata['authorization_endpoint'] as string;
    return walk(this.agent, await openRequest(this.agent, endpoint, request, method));
  }

  /** Sends a request and goes all the way to userinfo, with every check on it. */
  async signIn(client: RegisteredClient, changes: Changes = {}, options: RequestOptions = {}): Promise<SignedIn> {
    const request = this.request(client, changes);
    const taken = await this.authorize(request, options);
    return this.complete(client, request, taken);
  }

  /** The parameters of a successful response, its code not redeemed yet. */
  readSuccess(request: URLSearchParams, { end }: Walk): URLSearchParams {
    const parameters = readResponse(end, request.get('redirect_uri') as string, placeOf(this.variant));
    checkSuccess(parameters, request, this.provider, this.variant.responseType);
    return parameters;
  }

  /** What a client does with a response: verify it, redeem the code, ask for the user's claims. */
  async complete(
    client: RegisteredClient,
    request: URLSearchParams,
    taken: Walk,
    options: RedeemOptions = {},
  ): Promise<SignedIn> {
    const { responseType } = this.variant;
    const parameters = this.readSuccess(request, taken);
    const code = parameters.get('code') ?? undefined;
    const frontToken = parameters.get('access_token') ?? undefined;
    const front = brings(responseType, 'id_token')
      ? await checkIdToken(parameters.get('id_token'), {
          ...this.expected(client, request, 'front'),
          ...(code === undefined ? {} : { code }),
          ...(frontToken === undefined ? {} : { accessToken: frontToken }),
        })
      : undefined;
    const redeemed = code === undefined ? undefined : await this.redeem(client, request, code, options);
    const idToken = redeemed?.idToken ?? (front as IdToken);
    if (front !== undefined) expect(idToken.claims.sub).toBe(front.claims.sub);
    const accessTokens = [frontToken, redeemed?.tokens.access_token].filter((token) => token !== undefined);
    const userinfo: Claims[] = [];
    for (const token of accessTokens) userinfo.push(await this.userinfo(client, token, idToken));
    return {
      walk: taken,
      request,
      parameters,
      idToken,
      userinfo,
      ...(code === undefined ? {} : { code }),
      ...(redeemed === undefined ? {} : { tokens: redeemed.tokens }),
    };
  }

  /** Redeems a code at the token endpoint. */
  async redeem(
    client: RegisteredClient,
    request: URLSearchParams,
    code: string,
    options: RedeemOptions = {},
  ): Promise<{ readonly tokens: TokenResponse; readonly idToken: IdToken }> {
    const response = await this.sendCode(client, request, code, options);
    const tokens = await checkTokenResponse(response);
    await agreesWithStrictClient(this.provider, client, request, response);
    const idToken = await checkIdToken(tokens.id_token, {
      ...this.expected(client, request, 'back'),
      code,
      accessToken: tokens.access_token,
    });
    return { tokens, idToken };
  }

  sendCode(
    client: RegisteredClient,
    request: URLSearchParams,
    code: string,
    { more = {}, assertion = {} }: RedeemOptions = {},
  ): Promise<Response> {
    const redirectUri = request.get('redirect_uri') as string;
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...more };
    return requestToken(this.provider, client, form, assertion);
  }

  expected(client: RegisteredClient, request: URLSearchParams, channel: 'front' | 'back'): ExpectedIdToken {
    const carriesProfile = this.variant.responseType === 'id_token';
    return { provider: this.provider, client, request, channel, carriesProfile };
  }

  async userinfo(client: RegisteredClient, accessToken: string, { claims }: IdToken): Promise<Claims> {
    const subject = claims.sub as string;
    return checkUserinfo(await requestUserinfo(this.provider, accessToken), {
      provider: this.provider,
      client,
      subject,
    });
  }

  /** Sends a request that must fail at the client's address; answers the error code. */
  async fail(client: RegisteredClient, request: URLSearchParams, place?: Place): Promise<string> {
    const taken = await this.authorize(request);
    expect(taken.loginPages).toEqual([]);
    return this.errorOf(client, request, taken, place);
  }

  errorOf(client: RegisteredClient, request: URLSearchParams, taken: Walk, place?: Place): string {
    const { provider, variant } = this;
    return readError(taken, { client, request, provider, variant, ...(place === undefined ? {} : { place }) });
  }

  /** Sends a request that must end on a page of the server's. */
  async failOnPage(request: URLSearchParams): Promise<void> {
    checkErrorPage(await this.authorize(request));
  }
}
