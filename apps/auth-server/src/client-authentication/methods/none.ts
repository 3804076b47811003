import { Injectable } from '@nestjs/common';
import type { Client } from '@tandem/protocol';
import { single } from '../../http/form-parameters.js';
import type { ClientAuthenticationMethod, PresentedCredentials } from './client-authentication-method.js';

/** A public client: it names itself and proves nothing; PKCE binds its codes (RFC 7636). */
@Injectable()
export class NoAuthentication implements ClientAuthenticationMethod {
  static readonly methodName = 'none';
  readonly name = NoAuthentication.methodName;

  readonly fallback = true;

  speaks({ authorization, form }: PresentedCredentials): boolean {
    return authorization === undefined && form.has('client_id');
  }

  clientId({ form }: PresentedCredentials): string | undefined {
    return single(form, 'client_id');
  }

  async prove(client: Client | undefined): Promise<boolean> {
    return client !== undefined;
  }
}
