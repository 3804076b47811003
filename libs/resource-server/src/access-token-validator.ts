import { hash as oneShotHash } from 'node:crypto';
import type { AccessTokenClaims } from '@tandem/contracts';
import { InvalidTokenError, isVerificationAlg, readHeader, RemoteKeySet, TokenVerifier } from '@tandem/jwt';
import { Inject, Injectable } from '@nestjs/common';
import { words } from '@tandem/protocol';
import { AuthServerClient } from './auth-server-client.js';
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

const CACHE_SIZE = 10_000;
const MAXIMUM_TOKEN = 16_384;
const INTROSPECTION_SECONDS = 5;

/**
 * Decides about access tokens. The signature of a token is checked once; its expiry and the revocation list are looked at
 * each time. What is remembered goes by the SHA-256 of the whole token, and revocation by the ids inside it.
 */
@Injectable()
export class AccessTokenValidator {
  private readonly verified = new Map<string, AccessToken>();
  private readonly introspected = new Map<string, number>();
  private readonly keys: RemoteKeySet;
  private readonly algorithms: readonly string[];

  constructor(
    @Inject(RESOURCE_SERVER_OPTIONS) private readonly options: ResourceServerOptions,
    private readonly verifier: TokenVerifier,
    private readonly authServer: AuthServerClient,
    private readonly revocations: RevocationListener,
  ) {
    this.algorithms = options.algorithms ?? DEFAULTS.algorithms;
    this.keys = authServer.keys;
  }

  /**
   * The token, at once when its signature was checked before and the list is current.
   *
   * @throws Refusal `invalid_token`, or `unavailable` when nobody can tell.
   */
  validate(token: string): AccessToken | Promise<AccessToken> {
    const now = epochSeconds();
    if (token.length > MAXIMUM_TOKEN) throw invalid();
    const id = oneShotHash('sha256', token, 'base64url');
    const known = this.verified.get(id);
    if (known === undefined) return this.verify(token, id, now);
    if (known.expiresAt <= now) {
      this.verified.delete(id);
      throw invalid();
    }
    return this.judge(known, token, id, now);
  }

  private async verify(token: string, id: string, now: number): Promise<AccessToken> {
    const accessToken = await this.checkSignature(token, now);
    if (this.verified.size >= CACHE_SIZE) this.dropOldest();
    this.verified.set(id, accessToken);
    return this.judge(accessToken, token, id, now);
  }

  private async checkSignature(token: string, now: number): Promise<AccessToken> {
    try {
      const { kid, alg } = readHeader(token);
      if (!isVerificationAlg(alg)) throw invalid();
      const held = this.keys.peek().filter((key) => key.kid === kid);
      const { issuer, audience } = this.options;
      const { claims } = this.verifier.verify('access_token', token, {
        keys: held.length > 0 ? held : await this.keys.find(kid, alg),
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
    if ((this.introspected.get(id) ?? 0) > now) return token;
    const active = await this.authServer.introspect(text);
    if (active === undefined) throw unavailable();
    if (!active) throw invalid();
    if (this.introspected.size >= CACHE_SIZE) this.introspected.clear();
    this.introspected.set(id, now + INTROSPECTION_SECONDS);
    return token;
  }

  private dropOldest(): void {
    const oldest = this.verified.keys().next();
    if (oldest.done !== true) this.verified.delete(oldest.value);
  }
}

const epochSeconds = (): number => Math.floor(Date.now() / 1_000);
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
