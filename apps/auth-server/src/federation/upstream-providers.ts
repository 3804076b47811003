import { Inject, Injectable } from '@nestjs/common';
import type { FederatedUser } from '@tandem/persistence';
import * as oidc from 'openid-client';
import { Clock } from '../clock.js';
import type { DeclaredConfiguration, DeclaredConnection } from '../declared-configuration/declared-configuration.js';
import { Issuer } from '../endpoints.js';
import { OutboundClient, OutboundError } from '../outbound/outbound-client.js';
import { DECLARED } from '../tokens.js';
import { clientCredential } from './client-credential.js';
import { federatedUser, saysVerified } from './federated-user.js';
import { UpstreamProblem } from './upstream-problem.js';

/** What is remembered of a sign-in that was begun at a provider, until its answer comes. */
export interface UpstreamAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** Oldest sign-in there that is good enough, seconds since the epoch. */
  readonly notBefore?: number;
}

/** What the request at hand passes on. */
export interface UpstreamWishes {
  readonly loginHint?: string;
  readonly prompt?: 'login' | 'select_account';
  readonly maxAgeSeconds: number;
  readonly uiLocales?: string;
}

/** Who a provider says has signed in. */
export interface UpstreamUser {
  readonly subject: string;
  /** When the user proved to the provider who they are, if it says so. */
  readonly authTime?: number;
  readonly amr: readonly string[];
  /** What else it says of them; it may have to be asked. */
  describe(): Promise<FederatedUser>;
}

interface Held {
  readonly configuration: oidc.Configuration;
  readonly refreshAt: number;
}

const REFRESH_SECONDS = 3_600;
/** How long an old copy serves before a provider that was away is asked again. */
const PAUSE_SECONDS = 60;
const CLOCK_TOLERANCE_SECONDS = 30;

/** Other OpenID Providers, as their client (OIDC Core §3.1, Discovery §4, RFC 7636, RFC 9207). */
@Injectable()
export class UpstreamProviders {
  private readonly held = new Map<string, Held>();
  private readonly asked = new Map<string, Promise<oidc.Configuration>>();

  constructor(
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
    private readonly outbound: OutboundClient,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  get connections(): readonly DeclaredConnection[] {
    return this.declared.login.connections;
  }

  find(name: string): DeclaredConnection | undefined {
    return this.connections.find((connection) => connection.name === name);
  }

  /** Where the browser goes to sign in. @throws UpstreamProblem */
  async authorizationUrl(
    connection: DeclaredConnection,
    attempt: UpstreamAttempt,
    wishes: UpstreamWishes,
  ): Promise<string> {
    const { loginHint, prompt, maxAgeSeconds, uiLocales } = wishes;
    return this.reporting(async () => {
      const url = oidc.buildAuthorizationUrl(await this.configurationOf(connection), {
        redirect_uri: this.issuer.url('loginCallback'),
        scope: connection.scopes.join(' '),
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
        // OIDC Core §3.1.2.1: whoever is sent max_age must say when the user signed in.
        max_age: String(maxAgeSeconds),
        ...(loginHint === undefined ? {} : { login_hint: loginHint }),
        ...(prompt === undefined ? {} : { prompt }),
        ...(uiLocales === undefined ? {} : { ui_locales: uiLocales }),
      });
      if (url.protocol !== 'https:' && url.protocol !== new URL(connection.issuer).protocol)
        throw new UpstreamProblem('failed', { cause: new Error('its authorization endpoint is not https') });
      return url.href;
    });
  }

  /**
   * Who the answer at our callback is about: code redeemed, ID token proven.
   *
   * @throws UpstreamProblem
   */
  async redeem(connection: DeclaredConnection, query: string, attempt: UpstreamAttempt): Promise<UpstreamUser> {
    return this.reporting(async () => {
      const configuration = await this.configurationOf(connection);
      const answer = new URL(`${this.issuer.url('loginCallback')}?${query}`);
      const tokens = await oidc.authorizationCodeGrant(configuration, answer, {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined || claims.sub === '' || claims.sub.length > 255)
        throw new UpstreamProblem('failed', { cause: new Error('the ID token names nobody') });
      const authTime = typeof claims.auth_time === 'number' ? Math.min(claims.auth_time, this.clock.now()) : undefined;
      if (attempt.notBefore !== undefined && (authTime ?? 0) < attempt.notBefore - CLOCK_TOLERANCE_SECONDS)
        throw new UpstreamProblem('not-fresh');
      const said = Array.isArray(claims['amr']) ? claims['amr'] : [];
      return {
        subject: claims.sub,
        ...(authTime === undefined ? {} : { authTime }),
        amr: connection.trustedAmr.filter((method) => said.includes(method)),
        describe: () => this.describe(connection, configuration, tokens.access_token, claims),
      };
    });
  }

  private async describe(
    connection: DeclaredConnection,
    configuration: oidc.Configuration,
    accessToken: string,
    idToken: oidc.IDToken,
  ): Promise<FederatedUser> {
    const further =
      configuration.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await this.reporting(() => oidc.fetchUserInfo(configuration, accessToken, idToken.sub));
    const claims: Readonly<Record<string, unknown>> = { ...further, ...idToken };
    const names = connection.claims;
    const emailVerified = connection.trustEmailVerified && saysVerified({ claims, names });
    return federatedUser({ claims, names, emailVerified });
  }

  /** Its metadata; an old copy is better than none while the provider is away. */
  private async configurationOf(connection: DeclaredConnection): Promise<oidc.Configuration> {
    const held = this.held.get(connection.name);
    if (held !== undefined && this.clock.now() < held.refreshAt) return held.configuration;
    try {
      const asked = this.asked.get(connection.name) ?? this.discover(connection);
      this.asked.set(connection.name, asked);
      const configuration = await asked;
      this.held.set(connection.name, { configuration, refreshAt: this.clock.now() + REFRESH_SECONDS });
      return configuration;
    } catch (error) {
      if (held === undefined) throw error;
      this.held.set(connection.name, { ...held, refreshAt: this.clock.now() + PAUSE_SECONDS });
      return held.configuration;
    } finally {
      this.asked.delete(connection.name);
    }
  }

  private async discover(connection: DeclaredConnection): Promise<oidc.Configuration> {
    const { issuer, clientId } = connection;
    const authentication = await clientCredential(connection);
    const server = new URL(issuer);
    const insecure = server.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    return oidc.discovery(server, clientId, { [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS }, authentication, {
      // Without this the ID token's signature would not be looked at: it came from the provider over TLS.
      execute: [oidc.enableNonRepudiationChecks, ...insecure],
      [oidc.customFetch]: (url, { method, headers, body }) =>
        // The operator names the issuer; what else its documents name is treated like anybody's address.
        this.outbound.exchange(
          url,
          { method, headers, ...(body instanceof URLSearchParams ? { body: body.toString() } : {}) },
          { trusted: new URL(url).origin === server.origin },
        ),
    });
  }

  private async reporting<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof UpstreamProblem ? error : new UpstreamProblem(kindOf(error), { cause: error });
    }
  }
}

function kindOf(error: unknown): UpstreamProblem['kind'] {
  if (error instanceof oidc.AuthorizationResponseError) {
    if (error.error === 'access_denied') return 'cancelled';
    return ['server_error', 'temporarily_unavailable'].includes(error.error) ? 'unavailable' : 'failed';
  }
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500 ? 'unavailable' : 'failed';
  if (!(error instanceof oidc.ClientError)) return error instanceof OutboundError ? 'unavailable' : 'failed';
  // A document that is not there, or an error page instead of it.
  return error.cause instanceof OutboundError || error.code === 'OAUTH_RESPONSE_IS_NOT_CONFORM'
    ? 'unavailable'
    : 'failed';
}
