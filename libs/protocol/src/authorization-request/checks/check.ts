import type { Api } from '../../model/api.js';
import type { Client } from '../../model/client.js';
import type { AuthorizationParameters } from '../authorization-parameters.js';
import type { Prompt } from '../authorization-request.js';
import type { ReturnAddress } from '../return-address.js';

/** What a check may look at: everything is there before the first one runs. */
export interface CheckInput {
  readonly parameters: AuthorizationParameters;
  readonly client: Client;
  readonly returnAddress: ReturnAddress;
  /** The APIs that the request names (or the client's default), found; unknown identifiers stand in `unknownAudiences`. */
  readonly apis: readonly Api[];
  readonly unknownAudiences: readonly string[];
  /** The values of `prompt` that this server admits. */
  readonly prompts: readonly Prompt[];
  /** `sub` of a verified `id_token_hint`; `invalid` when the hint was not one of ours for this client. */
  readonly hint?: { readonly sub: string } | 'invalid';
}

/** One rule on authorization requests: returns when it holds, throws an OAuthError when not. */
export type Check = (input: CheckInput) => void;
