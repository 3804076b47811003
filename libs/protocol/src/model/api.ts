/** A protected resource that access tokens can be issued for; its identifier is their audience. */
export interface Api {
  readonly identifier: string;
  readonly name: string;
  /** Scope → the words on the consent page. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly accessTokenLifetimeSeconds: number;
  readonly allowOfflineAccess: boolean;
  readonly signingAlg: 'RS256' | 'PS256' | 'ES256';
}
