import { randomText } from '../random-text.js';
import type { AccessTokenClaims } from '@tandem/contracts';
import { TokenSigner } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import { isIdentityScope, storedHash } from '@tandem/protocol';
import type { Api, AuthenticatedClient, Client, Grant } from '@tandem/protocol';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import { newOpaqueValue } from './opaque-value.js';

/** An access token as issued; `expiresIn` is seconds. */
export interface AccessToken {
  readonly value: string;
  readonly jti: string;
  readonly expiresIn: number;
  readonly scope: readonly string[];
}

/** An opaque access token before anybody knows whether it is needed: it is kept by the statement that takes the code. */
export interface PreparedOpaqueToken {
  readonly value: string;
  readonly tokenHash: Buffer;
  readonly jti: string;
  readonly lifetimeSeconds: number;
}

/** Where a token will travel: the browser's answer gets a shorter life. */
export type Channel = 'front' | 'back';

/** Lifetime of access tokens that are for /userinfo alone, seconds. */
const OPAQUE_LIFETIME_SECONDS = 3_600;
const LONGEST_FRONT_CHANNEL_SECONDS = 3_600;

const lifetimeFor = (seconds: number, channel: Channel): number =>
  channel === 'back' ? seconds : Math.min(Math.ceil(seconds / 2), LONGEST_FRONT_CHANNEL_SECONDS);

const newJti = (): string => randomText(16);

/** Issues access tokens: a JWT for an API (RFC 9068 with Auth0's `azp`), an opaque one when no API is meant. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly signer: TokenSigner,
    private readonly keys: SigningKeys,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  prepareOpaque(channel: Channel): PreparedOpaqueToken {
    const value = newOpaqueValue('accessToken');
    return {
      value,
      tokenHash: storedHash(value),
      jti: newJti(),
      lifetimeSeconds: lifetimeFor(OPAQUE_LIFETIME_SECONDS, channel),
    };
  }

  /** The prepared token, now that the grant turned out to name no API. */
  opaque(prepared: PreparedOpaqueToken, scope: readonly string[]): AccessToken {
    return { value: prepared.value, jti: prepared.jti, expiresIn: prepared.lifetimeSeconds, scope };
  }

  /** A token of a user's grant for one API; only that API's scopes and the identity scopes are in it. */
  forGrant(
    grant: Grant,
    client: Client,
    subject: string,
    api: Api,
    scope: readonly string[],
    channel: Channel,
  ): AccessToken {
    const granted = scope.filter((word) => isIdentityScope(word) || Object.hasOwn(api.scopes, word));
    const { identifier } = api;
    const withUserinfo = granted.includes('openid');
    return this.sign(api, client, granted, lifetimeFor(api.accessTokenLifetimeSeconds, channel), {
      sub: subject,
      aud: withUserinfo ? [identifier, this.issuer.url('userinfo')] : identifier,
      grant_id: grant.grantId,
      auth_time: grant.authTime,
      acr: grant.acr,
      amr: grant.amr,
      // A token of a grant with offline access outlives the session, so it doesn't die with it.
      ...(grant.scope.includes('offline_access') ? {} : { sid: grant.sid }),
    });
  }

  /** A token of the client itself. Its `sub` can't be a user's: user ids have their own prefix. */
  forClient(client: AuthenticatedClient, api: Api, scope: readonly string[]): AccessToken {
    return this.sign(api, client, scope, api.accessTokenLifetimeSeconds, { sub: client.clientId, aud: api.identifier });
  }

  private sign(
    api: Api,
    client: Client,
    scope: readonly string[],
    expiresIn: number,
    claims: Pick<AccessTokenClaims, 'sub' | 'aud'> & Partial<AccessTokenClaims>,
  ): AccessToken {
    const iat = this.clock.now();
    const jti = newJti();
    const { clientId } = client;
    const value = this.signer.sign(
      'access_token',
      {
        iss: this.issuer.identifier,
        ...claims,
        client_id: clientId,
        azp: clientId,
        iat,
        exp: iat + expiresIn,
        jti,
        ...(scope.length > 0 ? { scope: scope.join(' ') } : {}),
      },
      this.keys.active(api.signingAlg),
    );
    return { value, jti, expiresIn, scope };
  }
}
