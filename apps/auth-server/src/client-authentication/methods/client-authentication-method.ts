import type { Client, FormParameters } from '@tandem/protocol';

/** What a client presented: the raw Authorization header, the parameters, and the URL of the endpoint it called. */
export interface PresentedCredentials {
  readonly authorization: string | undefined;
  readonly form: FormParameters;
  readonly endpointUrl: string;
}

/** One way for a client to prove who it is. */
export interface ClientAuthenticationMethod {
  /** Its registered name, as in `token_endpoint_auth_method`. */
  readonly name: string;
  /** Counts only when no other method speaks: the client merely names itself. */
  readonly fallback?: true;
  /** Whether the request tries this method. */
  speaks(presented: PresentedCredentials): boolean;
  /** The client_id that the credentials themselves name, not yet proven. */
  clientId(presented: PresentedCredentials): string | undefined;
  /** Proves it; `client` is undefined when there is none of that name, and then the same work is done to no avail. */
  prove(client: Client | undefined, presented: PresentedCredentials): Promise<boolean>;
}
