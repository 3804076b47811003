import { Injectable } from '@nestjs/common';
import { OAuthError } from '@tandem/protocol';
import { OutboundClient, OutboundError } from '../outbound/outbound-client.js';

/** The document behind a sector_identifier_uri: it must list every redirect URI of the client (OIDC Core §8.1). */
@Injectable()
export class SectorIdentifiers {
  constructor(private readonly outbound: OutboundClient) {}

  /** @throws OAuthError `invalid_client_metadata`. */
  async check(uri: string, redirectUris: readonly string[]): Promise<void> {
    const document = await this.outbound.fetchJson(uri).catch((error: unknown) => {
      if (error instanceof OutboundError)
        throw new OAuthError('invalid_client_metadata', 'sector_identifier_uri can not be fetched', { cause: error });
      throw error;
    });
    const isList = Array.isArray(document) && document.every((member) => typeof member === 'string');
    if (!isList)
      throw new OAuthError('invalid_client_metadata', 'sector_identifier_uri does not hold a list of addresses');
    if (!redirectUris.every((redirectUri) => (document as readonly string[]).includes(redirectUri))) {
      throw new OAuthError('invalid_client_metadata', 'sector_identifier_uri does not list every redirect_uri');
    }
  }
}
