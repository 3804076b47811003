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
  /** A page of ours to show afterwards, when whoever started the sign-in named one. */
  readonly targetUrl?: string;
}

/** A call to the API with what it answered. */
export interface ApiCall {
  readonly over: 'HTTP' | 'NATS';
  readonly what: string;
  readonly status: number;
  readonly answer: string;
}

/** A message pair that came after the ten steps. */
export interface LaterExchange {
  readonly title: string;
  readonly exchange: Exchange;
}

/** Everything that one sign-in has shown so far; the flow page tells it in ten steps. */
export interface Flow {
  readonly transaction: Transaction;
  readonly clientId: string;
  /** Stands in every form of this session, so that no other page can send one. */
  readonly formToken: string;
  readonly responseParameters: readonly (readonly [string, string])[];
  readonly responseChecks: readonly string[];
  readonly hashes: readonly HashCheck[];
  readonly frontClaims?: TokenClaims;
  readonly code?: string;
  /** Filled by the exchange. */
  exchange?: Exchange;
  exchangeChecks: readonly string[];
  secondHash?: HashCheck;
  secondClaims?: TokenClaims;
  tokens?: { readonly accessToken: string; readonly idToken?: string; readonly refreshToken?: string };
  apiCalls: readonly ApiCall[];
  later: readonly LaterExchange[];
  notes: readonly string[];
}

const REMEMBERED = 12;

/** Adds to a list that the page shows; only the newest stay, since a user may go on clicking. */
export const withNewest = <Item>(list: readonly Item[], ...items: readonly Item[]): readonly Item[] =>
  [...list, ...items].slice(-REMEMBERED);

/** Who is signed in: from the front-channel ID token, before anything else is known. */
export const greetingName = ({ frontClaims, secondClaims }: Flow): string => {
  const claims = { ...secondClaims, ...frontClaims };
  const name = claims['name'] ?? claims['email'] ?? claims.sub;
  return typeof name === 'string' ? name : 'somebody';
};
