import { Injectable } from '@nestjs/common';
import type { Client } from '@tandem/protocol';
import { ClientSecrets } from '../client-secrets.js';
import type { ClientAuthenticationMethod, PresentedCredentials } from './client-authentication-method.js';

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** RFC 6749 §2.3.1: both parts are form-encoded before they are joined, so both are decoded. */
function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function credentials({
  authorization,
}: PresentedCredentials): { readonly clientId: string; readonly secret: string } | undefined {
  const encoded = BASIC.exec(authorization ?? '')?.[1];
  if (encoded === undefined || encoded.length > 4_096 || encoded.length % 4 !== 0) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  const clientId = formDecode(text.slice(0, colon));
  const secret = formDecode(text.slice(colon + 1));
  return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
}

/** HTTP Basic with client_id and client_secret (OIDC Core §9). */
@Injectable()
export class ClientSecretBasic implements ClientAuthenticationMethod {
  static readonly methodName = 'client_secret_basic';
  readonly name = ClientSecretBasic.methodName;

  constructor(private readonly secrets: ClientSecrets) {}

  speaks({ authorization }: PresentedCredentials): boolean {
    return /^basic(\s|$)/i.test(authorization ?? '');
  }

  clientId(presented: PresentedCredentials): string | undefined {
    return credentials(presented)?.clientId;
  }

  async prove(client: Client | undefined, presented: PresentedCredentials): Promise<boolean> {
    return this.secrets.matches(client, credentials(presented)?.secret ?? '');
  }
}
