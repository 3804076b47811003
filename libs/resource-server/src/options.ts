/** How a resource server knows its issuer and itself. Durations are seconds. */
export interface ResourceServerOptions {
  /** The issuer exactly as it stands in tokens, trailing slash included. */
  readonly issuer: string;
  /** Our identifier: it must be among a token's audiences. */
  readonly audience: string;
  /** Signature algorithms that are accepted. */
  readonly algorithms?: readonly string[];
  /** Our client at the issuer, with `introspection_audience`: for the list of revocations and for introspection. */
  readonly client?: { readonly clientId: string; readonly clientSecret: string };
  /** Where revocations come from. Without it tokens live until they expire: local validation alone. */
  readonly nats?: { readonly url: string; readonly instance: string; readonly seedFile?: string };
  /** How old the last heartbeat may be before the auth-server is asked about every token. */
  readonly stalenessSeconds?: number;
  /** How long the issuer's keys are kept before they are fetched again. */
  readonly jwksMaxAgeSeconds?: number;
  /** Public base URL of this API, for RFC 9728 metadata. */
  readonly resourceUrl?: string;
}

export const DEFAULTS = {
  algorithms: ['RS256', 'PS256', 'ES256'],
  stalenessSeconds: 60,
  jwksMaxAgeSeconds: 300,
} as const;

/** Nest injection token of the options. */
export const RESOURCE_SERVER_OPTIONS = Symbol('ResourceServerOptions');
