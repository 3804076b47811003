import type { Localised } from './client.js';

/** A protected resource that access tokens can be issued for; its identifier is their audience. */
export interface Api {
  readonly identifier: string;
  readonly name: string;
  /** Scope → the words on the consent page, in one language or by language tag. */
  readonly scopes: Readonly<Record<string, string | Localised>>;
  readonly accessTokenLifetimeSeconds: number;
  readonly allowOfflineAccess: boolean;
  readonly signingAlg: 'RS256' | 'PS256' | 'ES256';
}
