import type { TokenClaims } from '@tandem/jwt';
import type { HashCheck } from '../oidc/checked-response.js';
import type { Credential, Exchange } from '../oidc/provider.js';

/** What the user chose on the first page. */
export interface FlowChoice {
  readonly responseType: string;
  readonly responseMode: string;
  readonly credential: Credential;
}

/** A request for sign-in that is under way: what its answer must fit. */
export interface Transaction extends FlowChoice {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly authorizationUrl: string;
  readonly startedAt: number;
}

/** A call to the API with what it answered. */
export interface ApiCall {
  readonly over: 'HTTP' | 'NATS';
  readonly what: string;
  readonly status: number;
  readonly answer: string;
}

/** Everything that one sign-in has shown so far; the flow page tells it in ten steps. */
export interface Flow {
  readonly transaction: Transaction;
  readonly clientId: string;
  readonly responseParameters: readonly (readonly [string, string])[];
  readonly responseChecks: readonly string[];
  readonly hashes: readonly HashCheck[];
  readonly frontClaims?: TokenClaims;
  readonly code?: string;
  /** Filled by the exchange. */
  exchange?: Exchange;
  exchangeChecks: readonly string[];
  secondClaims?: TokenClaims;
  accessTokenClaims?: unknown;
  tokens?: { readonly accessToken: string; readonly idToken?: string; readonly refreshToken?: string };
  readonly apiCalls: ApiCall[];
  readonly notes: string[];
}

/** Who is signed in: from the front-channel ID token, before anything else is known. */
export const greetingName = ({ frontClaims, secondClaims }: Flow): string => {
  const claims = { ...secondClaims, ...frontClaims };
  const name = claims['name'] ?? claims['email'] ?? claims.sub;
  return typeof name === 'string' ? name : 'somebody';
};
