import type { AccessTokenClaims } from '@tandem/contracts';
import {
  InvalidTokenError,
  isVerificationAlg,
  readHeader,
  tokenDigest,
  TokenVerifier,
  VerifiedTokens,
} from '@tandem/jwt';
import { Inject, Injectable } from '@nestjs/common';
import { words } from '@tandem/protocol';
import { AuthServerClient } from './auth-server-client.js';
import { epochSeconds } from './clock.js';
import { DEFAULTS, RESOURCE_SERVER_OPTIONS } from './options.js';
import type { ResourceServerOptions } from './options.js';
import { Refusal } from './refusal.js';
import { RevocationListener } from './revocation-listener.js';
import type { RevocableToken } from './revocation-list.js';

/** An access token that was found good for this API. Instants are epoch seconds. */
export interface AccessToken extends RevocableToken {
  /** The user, or the client itself for a token of its own. */
  readonly subject: string;
  readonly expiresAt: number;
  readonly claims: AccessTokenClaims;
}

/** What the auth-server said about a token, or is about to say; undefined when it doesn't answer. */
interface Introspected {
  readonly until: number;
  readonly active: Promise<boolean | undefined>;
}

const LARGEST_INTROSPECTED = 10_000;
const MAXIMUM_TOKEN = 16_384;
const INTROSPECTION_SECONDS = 5;

/**
 * Decides about access tokens. The signature of a token is checked once; its expiry and the revocation list are looked at
 * each time. What is remembered goes by the SHA-256 of the whole token, and revocation by the ids inside it.
 */
@Injectable()
export class AccessTokenValidator {
  private readonly verified = new VerifiedTokens<AccessToken>();
  private readonly introspected = new Map<string, Introspected>();
  private readonly algorithms: readonly string[];

  constructor(
    @Inject(RESOURCE_SERVER_OPTIONS) private readonly options: ResourceServerOptions,
    private readonly verifier: TokenVerifier,
    private readonly authServer: AuthServerClient,
    private readonly revocations: RevocationListener,
  ) {
    this.algorithms = options.algorithms ?? DEFAULTS.algorithms;
    authServer.onKeysChanged(() => this.verified.clear());
  }

  /**
   * The token, at once when its signature was checked before and the list is current.
   *
   * @throws Refusal `invalid_token`, or `unavailable` when nobody can tell.
   */
  validate(token: string): AccessToken | Promise<AccessToken> {
    const now = epochSeconds();
    if (token.length > MAXIMUM_TOKEN) throw invalid();
    const id = tokenDigest(token);
    const known = this.verified.find(id);
    if (known === undefined) return this.verify(token, id, now);
    if (known.expiresAt <= now) {
      this.verified.drop(id);
      throw invalid();
    }
    return this.judge(known, token, id, now);
  }

  private async verify(token: string, id: string, now: number): Promise<AccessToken> {
    const accessToken = await this.checkSignature(token, now);
    this.verified.keep(id, accessToken);
    return this.judge(accessToken, token, id, now);
  }

  private async checkSignature(token: string, now: number): Promise<AccessToken> {
    try {
      const { kid, alg } = readHeader(token);
      if (!isVerificationAlg(alg)) throw invalid();
      const { keys } = this.authServer;
      const held = keys.peek().filter((key) => key.kid === kid);
      const { issuer, audience } = this.options;
      const { claims } = this.verifier.verify('access_token', token, {
        keys: held.length > 0 ? held : await keys.find(kid, alg),
        algorithms: this.algorithms,
        issuer,
        audience,
        now,
      });
      return accessTokenOf(claims as unknown as AccessTokenClaims);
    } catch (error) {
      if (!(error instanceof InvalidTokenError)) throw error;
      // Without any key of the issuer nothing can be said about the token.
      if (error.reason === 'unknown_key' && !this.authServer.hasKeys) throw unavailable();
      throw invalid();
    }
  }

  /** Alive as far as the list says, if the list is current; else as the auth-server says; else nobody can tell. */
  private judge(token: AccessToken, text: string, id: string, now: number): AccessToken | Promise<AccessToken> {
    const { revocations } = this;
    if (revocations.list.isRevoked(token)) throw invalid();
    if (revocations.isCurrent(now)) return token;
    return this.ask(token, text, id, now);
  }

  private async ask(token: AccessToken, text: string, id: string, now: number): Promise<AccessToken> {
    const active = await this.introspect(text, id, now);
    if (active === undefined) throw unavailable();
    // The list may have learned more while we asked.
    if (!active || this.revocations.list.isRevoked(token)) throw invalid();
    return token;
  }

  /** One question for requests that come together, and its answer for some seconds; silence is not remembered. */
  private introspect(text: string, id: string, now: number): Promise<boolean | undefined> {
    const known = this.introspected.get(id);
    if (known !== undefined && known.until > now) return known.active;
    if (this.introspected.size >= LARGEST_INTROSPECTED) this.introspected.clear();
    const asked = { until: now + INTROSPECTION_SECONDS, active: this.authServer.introspect(text) };
    this.introspected.set(id, asked);
    void asked.active.then((active) => {
      if (active === undefined && this.introspected.get(id) === asked) this.introspected.delete(id);
    });
    return asked.active;
  }
}

const invalid = (): Refusal => new Refusal('invalid_token', 'the access token is not valid here');
const unavailable = (): Refusal => new Refusal('unavailable', 'the access token can not be judged now');

function accessTokenOf(claims: AccessTokenClaims): AccessToken {
  const isUsers = claims.grant_id !== undefined;
  return {
    subject: claims.sub,
    jti: claims.jti,
    clientId: claims.client_id,
    scope: words(claims.scope),
    issuedAt: claims.iat,
    expiresAt: claims.exp,
    claims,
    ...(claims.grant_id === undefined ? {} : { grantId: claims.grant_id }),
    ...(claims.sid === undefined ? {} : { sid: claims.sid }),
    ...(isUsers ? { userId: claims.sub } : {}),
  };
}
