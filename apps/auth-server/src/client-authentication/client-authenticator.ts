import { Inject, Injectable } from '@nestjs/common';
import { ClientStore } from '@tandem/persistence';
import { isSensible, OAuthError } from '@tandem/protocol';
import type { AuthenticatedClient } from '@tandem/protocol';
import { single } from '../http/form-parameters.js';
import type { ClientAuthenticationMethod, PresentedCredentials } from './methods/client-authentication-method.js';

/** Injection token of the installed methods, in the order of their list. */
export const METHODS = Symbol('ClientAuthenticationMethods');

/** Finds who calls and proves it: exactly one method may speak, and it must be the one that the client registered. */
@Injectable()
export class ClientAuthenticator {
  constructor(
    @Inject(METHODS) private readonly methods: readonly ClientAuthenticationMethod[],
    private readonly clients: ClientStore,
  ) {}

  /** Names of the installed methods. */
  get names(): readonly string[] {
    return this.methods.map(({ name }) => name);
  }

  /**
   * @throws OAuthError `invalid_request` when several methods speak, else `invalid_client`, the same for every cause.
   */
  async authenticate(presented: PresentedCredentials): Promise<AuthenticatedClient> {
    const candidates = this.methods.filter((method) => method.speaks(presented));
    const proving = candidates.filter(({ fallback }) => fallback !== true);
    const speaking = proving.length > 0 ? proving : candidates;
    if (speaking.length > 1)
      throw new OAuthError('invalid_request', 'more than one client authentication method is used');
    const [method] = speaking;
    const named = single(presented.form, 'client_id');
    if (method === undefined) throw refusal();
    const clientId = method.clientId(presented);
    // A header or an assertion did not come through the form's gate.
    if (clientId === undefined || clientId.length > 2_000 || !isSensible(clientId)) throw refusal();
    if (named !== undefined && named !== clientId) throw refusal();
    const client = await this.clients.find(clientId);
    const usable =
      client !== undefined && client.disabledAt === undefined && client.tokenEndpointAuthMethod === method.name
        ? client
        : undefined;
    if (!(await method.prove(usable, presented)) || usable === undefined) throw refusal();
    return usable as AuthenticatedClient;
  }
}

const refusal = (): OAuthError => new OAuthError('invalid_client', 'client authentication failed');
