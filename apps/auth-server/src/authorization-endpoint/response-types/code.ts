import { Injectable } from '@nestjs/common';
import { storedHash } from '@tandem/protocol';
import { newOpaqueValue } from '../../token-issuance/opaque-value.js';
import type { IssuedPart, IssuingContext, ResponsePart } from './response-part.js';

/** RFC 6749 §4.1.2 wants a short life; a minute is enough for a server-to-server call. */
export const CODE_LIFETIME_SECONDS = 60;

/** The authorization code: 256 bits, bound to client, redirect_uri, challenge and nonce. */
@Injectable()
export class CodePart implements ResponsePart {
  readonly name = 'code';

  issue({ request, grant, issued }: IssuingContext): IssuedPart {
    const value = newOpaqueValue('code');
    issued.code = value;
    const { redirectUri, redirectUriSent } = request.returnAddress;
    return {
      parameters: { code: value },
      code: {
        codeHash: storedHash(value),
        lifetimeSeconds: CODE_LIFETIME_SECONDS,
        code: {
          ...{ grantId: grant.grantId, clientId: request.client.clientId, redirectUri, redirectUriSent },
          ...(request.codeChallenge === undefined ? {} : { codeChallenge: request.codeChallenge }),
          ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
        },
      },
    };
  }
}
