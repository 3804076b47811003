import type { ClaimsRequest } from '../claims-request.js';
import type { Api } from '../model/api.js';
import type { Client } from '../model/client.js';
import type { ResponsePart, ResponseType } from '../response-type.js';
import type { AcrWishes } from './acr-wishes.js';
import type { ReturnAddress } from './return-address.js';

export const PROMPTS = ['none', 'login', 'consent', 'select_account', 'create'] as const;
export type Prompt = (typeof PROMPTS)[number];

/** The values of `prompt` that a server admits: `create` only where people can sign up (Initiating User Registration §4). */
export const promptsOffered = ({ signUp }: { readonly signUp: boolean }): readonly Prompt[] =>
  signUp ? PROMPTS : PROMPTS.filter((word) => word !== 'create');

export const GRANT_MANAGEMENT_ACTIONS = ['create', 'merge', 'replace'] as const;
export type GrantManagementAction = (typeof GRANT_MANAGEMENT_ACTIONS)[number];

/** A checked authorization request. Only `checkAuthorizationRequest` makes one. */
export interface AuthorizationRequest {
  readonly client: Client;
  readonly returnAddress: ReturnAddress;
  readonly responseType: ResponseType;
  readonly parts: readonly ResponsePart[];
  /** What will be asked of the user: known scopes only, in the order of the request. */
  readonly scope: readonly string[];
  /** Whether the request named scopes that were left out: then the response says what was granted. */
  readonly scopeNarrowed: boolean;
  /** The APIs meant; the first is the default audience of access tokens. */
  readonly apis: readonly Api[];
  readonly nonce?: string;
  readonly codeChallenge?: string;
  readonly prompt: readonly Prompt[];
  readonly maxAgeSeconds?: number;
  readonly acr: AcrWishes;
  readonly claims?: ClaimsRequest;
  readonly uiLocales: readonly string[];
  readonly loginHint?: string;
  /** The only users who will do, from `id_token_hint` and from the `sub` demanded in `claims`; what isn't text is nobody. */
  readonly expectedSubjects?: readonly unknown[];
  readonly connection?: string;
  readonly grantManagement?: { readonly action: GrantManagementAction; readonly grantId?: string };
}
