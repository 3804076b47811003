import { Injectable } from '@nestjs/common';
import type { Client } from '@tandem/protocol';
import { single } from '../../http/form-parameters.js';
import { ClientSecrets } from '../client-secrets.js';
import type { ClientAuthenticationMethod, PresentedCredentials } from './client-authentication-method.js';

/** client_id and client_secret in the body (RFC 6749 §2.3.1). */
@Injectable()
export class ClientSecretPost implements ClientAuthenticationMethod {
  static readonly methodName = 'client_secret_post';
  readonly name = ClientSecretPost.methodName;

  constructor(private readonly secrets: ClientSecrets) {}

  speaks({ form }: PresentedCredentials): boolean {
    return form.has('client_secret');
  }

  clientId({ form }: PresentedCredentials): string | undefined {
    return single(form, 'client_id');
  }

  async prove(client: Client | undefined, { form }: PresentedCredentials): Promise<boolean> {
    return this.secrets.matches(client, single(form, 'client_secret') ?? '');
  }
}
