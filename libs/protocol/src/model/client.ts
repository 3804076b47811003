import type { ResponseType } from '../response-type.js';
import type { PublicJwk } from './jwk.js';

/** One of several secrets that may be valid at once; only a keyed hash is kept. `expiresAt` is epoch seconds. */
export interface ClientSecret {
  readonly hash: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
}

/** How refresh tokens of a client behave; durations in seconds. */
export interface RefreshTokenPolicy {
  readonly leewaySeconds: number;
  readonly idleLifetimeSeconds: number;
  readonly absoluteLifetimeSeconds: number;
}

/** Texts of a registration by BCP 47 tag; the empty tag is the default (RFC 7591 §2.2). */
export type Localised = Readonly<Record<string, string>>;

/** A registered application (OpenID Dynamic Registration §2, RFC 7591 §2, and our own settings at the end). */
export interface Client {
  readonly clientId: string;
  readonly secrets: readonly ClientSecret[];
  readonly clientIdIssuedAt?: number;
  readonly origin: 'declared' | 'registered';
  readonly disabledAt?: number;

  readonly clientName: Localised;
  readonly clientUri: Localised;
  readonly logoUri: Localised;
  readonly policyUri: Localised;
  readonly tosUri: Localised;
  readonly contacts: readonly string[];
  readonly applicationType: 'web' | 'native';
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly initiateLoginUri?: string;
  readonly responseTypes: readonly ResponseType[];
  readonly grantTypes: readonly string[];

  readonly tokenEndpointAuthMethod: string;
  readonly tokenEndpointAuthSigningAlg?: string;
  readonly jwks?: readonly PublicJwk[];
  readonly jwksUri?: string;

  readonly subjectType: 'public' | 'pairwise';
  readonly sectorIdentifierUri?: string;
  readonly idTokenSignedResponseAlg: string;
  readonly idTokenEncryptedResponseAlg?: string;
  readonly idTokenEncryptedResponseEnc?: string;
  readonly userinfoSignedResponseAlg?: string;
  readonly userinfoEncryptedResponseAlg?: string;
  readonly userinfoEncryptedResponseEnc?: string;
  readonly introspectionSignedResponseAlg?: string;
  readonly requestObjectSigningAlg?: string;
  readonly requestUris: readonly string[];
  readonly defaultMaxAge?: number;
  readonly requireAuthTime: boolean;
  readonly defaultAcrValues: readonly string[];

  readonly frontchannelLogoutUri?: string;
  readonly frontchannelLogoutSessionRequired: boolean;
  readonly backchannelLogoutUri?: string;
  readonly backchannelLogoutSessionRequired: boolean;
  /** The name under which its server takes logout tokens from NATS, instead of at an address. */
  readonly backchannelLogoutNats?: string;

  /** APIs (their identifiers) that it may ask tokens for. */
  readonly audiences: readonly string[];
  readonly defaultAudience?: string;
  readonly skipConsent: boolean;
  readonly requirePkce: boolean;
  readonly webOrigins: readonly string[];
  readonly idTokenProfileClaims: boolean;
  readonly profile?: 'fapi2';
  readonly introspectionAudience?: string;
  readonly refreshToken: RefreshTokenPolicy;
  /** Login methods that it admits; empty means all that are switched on. */
  readonly loginMethods: readonly string[];
  /** Authentication context class that every sign-in to it must reach. */
  readonly requiredAcr?: string;
}

/** A client whose credentials were verified by `client-authentication`, and by nothing else. */
export type AuthenticatedClient = Client & { readonly [authenticated]: true };
declare const authenticated: unique symbol;
