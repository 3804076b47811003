import { InvalidTokenError, tokenDigest, TokenVerifier, VerifiedTokens } from '@tandem/jwt';
import type { VerifiedToken } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import { AccessTokenStore } from '@tandem/persistence';
import type { LiveToken } from '@tandem/persistence';
import { isSubset, storedHash, words } from '@tandem/protocol';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import { isOpaqueValue } from '../token-issuance/opaque-value.js';

/** A presented access token that is alive. Instants are epoch seconds. */
export interface LiveAccessToken {
  readonly jti: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** As it stands in the token; for an opaque one it must be computed for the client. */
  readonly subject?: string;
  readonly sid?: string;
  /** Absent for a client's own token. */
  readonly family?: LiveToken;
}

const ACCESS_TOKEN_ALGS = ['RS256', 'PS256', 'ES256'];

/** Tells what a presented access token is and whether it is alive, with everything that it depends on. */
@Injectable()
export class PresentedTokens {
  /** APIs ask about the same tokens again and again; whether one is alive is looked up each time. */
  private readonly verified = new VerifiedTokens<VerifiedToken['claims']>();

  constructor(
    private readonly store: AccessTokenStore,
    private readonly verifier: TokenVerifier,
    private readonly keys: SigningKeys,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {
    keys.onChange(() => this.verified.clear());
  }

  /** The living token, or undefined for anything else: the cause is nobody's business. */
  async find(token: string): Promise<LiveAccessToken | undefined> {
    return isOpaqueValue('accessToken', token) ? this.findOpaque(token) : this.findJwt(token);
  }

  /** Claims of a JWT access token of ours, alive or not; expired ones are undefined. */
  verify(token: string): VerifiedToken['claims'] | undefined {
    const now = this.clock.now();
    const digest = tokenDigest(token);
    const known = this.verified.find(digest);
    if (known !== undefined) return (known.exp as number) > now ? known : undefined;
    try {
      const { claims } = this.verifier.verify('access_token', token, {
        keys: this.keys.jwks(),
        algorithms: ACCESS_TOKEN_ALGS,
        issuer: this.issuer.identifier,
        now,
      });
      this.verified.keep(digest, claims);
      return claims;
    } catch (error) {
      if (error instanceof InvalidTokenError) return undefined;
      throw error;
    }
  }

  private async findOpaque(token: string): Promise<LiveAccessToken | undefined> {
    const found = await this.store.findOpaque(storedHash(token));
    if (found === undefined || !isSubset(found.scope, found.grant.scope)) return undefined;
    const { jti, grant, user, scope, issuedAt, expiresAt } = found;
    return {
      jti,
      clientId: grant.clientId,
      scope,
      audience: [this.issuer.url('userinfo')],
      issuedAt,
      expiresAt,
      family: { grant, user },
    };
  }

  private async findJwt(token: string): Promise<LiveAccessToken | undefined> {
    const claims = this.verify(token);
    if (claims === undefined) return undefined;
    const [jti, clientId, grantId, sid] = [claims.jti, claims['client_id'], claims['grant_id'], claims['sid']] as (
      string | undefined
    )[];
    if (jti === undefined || clientId === undefined) return undefined;
    const issuedAt = claims.iat as number;
    const scope = words(claims['scope'] as string | undefined);
    const live = {
      ...{ jti, clientId, scope, issuedAt, expiresAt: claims.exp as number, audience: [claims.aud].flat() as string[] },
      ...(claims.sub === undefined ? {} : { subject: claims.sub as string }),
      ...(sid === undefined ? {} : { sid }),
    };
    if (grantId === undefined) return (await this.store.isClientTokenAlive(jti, clientId, issuedAt)) ? live : undefined;
    const family = await this.store.family({ jti, grantId, issuedAt, ...(sid === undefined ? {} : { sid }) });
    // A scope that the user withdrew kills the tokens that carry it.
    return family === undefined || !isSubset(scope, family.grant.scope) ? undefined : { ...live, family };
  }
}
