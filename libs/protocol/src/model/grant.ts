import type { ClaimsRequest } from '../claims-request.js';

/** What one user gave one client at one time: the family of a code and of all tokens that came of it. */
export interface Grant {
  readonly grantId: string;
  readonly userId: string;
  readonly clientId: string;
  readonly sid: string;
  readonly scope: readonly string[];
  readonly audience: readonly string[];
  readonly authTime: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly claims?: ClaimsRequest;
}

/** A single-use authorization code; its value is not kept, only the hash. */
export interface AuthorizationCode {
  readonly grantId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Whether the request named it: then the exchange must too (RFC 6749 §4.1.3). */
  readonly redirectUriSent: boolean;
  readonly codeChallenge?: string;
  readonly nonce?: string;
}

/** A refresh token as stored; its value is not kept, only the hash. */
export interface RefreshToken {
  readonly grantId: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly generation: number;
}
