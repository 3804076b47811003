import { Injectable } from '@nestjs/common';
import { AccessTokens } from '../../token-issuance/access-token.js';
import type { IssuedPart, IssuingContext, ResponsePart } from './response-part.js';

/** The front-channel access token (RFC 6749 §4.2.2), with a shorter life than the one from the token endpoint. */
@Injectable()
export class TokenPart implements ResponsePart {
  readonly name = 'token';

  constructor(private readonly accessTokens: AccessTokens) {}

  issue({ request, grant, subject, api, issued }: IssuingContext): IssuedPart {
    const prepared = api === undefined ? this.accessTokens.prepareOpaque('front') : undefined;
    const token =
      prepared === undefined
        ? this.accessTokens.forGrant(
            grant,
            request.client,
            subject,
            api as NonNullable<typeof api>,
            grant.scope,
            'front',
          )
        : this.accessTokens.opaque(prepared, grant.scope);
    issued.accessToken = token.value;
    return {
      parameters: {
        access_token: token.value,
        token_type: 'Bearer',
        expires_in: String(token.expiresIn),
        ...(token.scope.length > 0 ? { scope: token.scope.join(' ') } : {}),
      },
      ...(prepared === undefined
        ? {}
        : { opaque: { tokenHash: prepared.tokenHash, jti: prepared.jti, lifetimeSeconds: prepared.lifetimeSeconds } }),
    };
  }
}
