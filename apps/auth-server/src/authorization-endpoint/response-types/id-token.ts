import { Injectable } from '@nestjs/common';
import { IdTokens, idTokenCarriesProfile } from '../../token-issuance/id-token.js';
import type { IssuedPart, IssuingContext, ResponsePart } from './response-part.js';

/** The front-channel ID token, last, since it binds the hashes of code and access token (OIDC Core §3.3.2.11). */
@Injectable()
export class IdTokenPart implements ResponsePart {
  readonly name = 'id_token';

  constructor(private readonly idTokens: IdTokens) {}

  async issue({ request, grant, user, subject, issued }: IssuingContext): Promise<IssuedPart> {
    const { client, responseType, returnAddress, nonce } = request;
    const { responseMode } = returnAddress;
    const inUrl = responseMode === 'query' || responseMode === 'fragment';
    const place = responseType === 'id_token' ? 'alone' : inUrl ? 'url' : 'page';
    const idToken = await this.idTokens.issue({
      ...{ grant, client, user, subject, scope: grant.scope, channel: 'front' },
      withProfile: idTokenCarriesProfile(client, place),
      ...(nonce === undefined ? {} : { nonce }),
      ...(issued.code === undefined ? {} : { code: issued.code }),
      ...(issued.accessToken === undefined ? {} : { accessToken: issued.accessToken }),
    });
    return { parameters: { id_token: idToken } };
  }
}
