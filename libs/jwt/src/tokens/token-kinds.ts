/** What one kind of token looks like. A new kind is a new row. */
export interface TokenKindRow {
  /** `typ` that we write. */
  readonly typ: string;
  /** `typ` that we accept, lower case without `application/`; undefined is an absent `typ` (RFC 8725 §3.11). */
  readonly accepts: readonly (string | undefined)[];
  /** Longest time from `iat` or `nbf`, and from now, to `exp`. */
  readonly maxLifeSeconds: number;
  /** Whether a token needs `exp`; `ignored`: needs it, but may have passed it. */
  readonly expiry: 'required' | 'optional' | 'ignored';
  readonly requires: readonly string[];
  /** At least one of these must be there. */
  readonly requiresOneOf?: readonly string[];
  readonly forbids?: readonly string[];
  /** Made by a client with a key of its own: `kid` may be missing. */
  readonly kidOptional?: boolean;
  /** Every member of `aud` must be ours, not just one. */
  readonly onlyOurAudience?: boolean;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const TOKEN_KINDS = {
  // OIDC Core §2
  id_token: {
    typ: 'JWT',
    accepts: ['jwt', undefined],
    maxLifeSeconds: DAY,
    expiry: 'required',
    requires: ['iss', 'sub', 'aud', 'iat'],
  },
  // RFC 9068 §2; a life beyond a day would outlast the revocation events
  access_token: {
    typ: 'at+jwt',
    accepts: ['at+jwt'],
    maxLifeSeconds: DAY,
    expiry: 'required',
    requires: ['iss', 'sub', 'aud', 'iat', 'jti', 'client_id'],
  },
  // Back-Channel Logout §2.4: without nonce, so that it can't pass for an ID token
  logout_token: {
    typ: 'logout+jwt',
    accepts: ['logout+jwt'],
    maxLifeSeconds: 5 * MINUTE,
    expiry: 'required',
    requires: ['iss', 'aud', 'iat', 'jti', 'events'],
    requiresOneOf: ['sub', 'sid'],
    forbids: ['nonce'],
  },
  // The same, kept by the bus until its receiver is there
  kept_logout_token: {
    typ: 'logout+jwt',
    accepts: ['logout+jwt'],
    maxLifeSeconds: DAY,
    expiry: 'required',
    requires: ['iss', 'aud', 'iat', 'jti', 'events'],
    requiresOneOf: ['sub', 'sid'],
    forbids: ['nonce'],
  },
  // OIDC Core §5.3.2
  userinfo: {
    typ: 'JWT',
    accepts: ['jwt'],
    maxLifeSeconds: HOUR,
    expiry: 'optional',
    requires: ['iss', 'sub', 'aud', 'iat'],
    forbids: ['nonce'],
  },
  // RFC 9701 §5: no sub and exp beside the response, so that it can't pass for a token
  introspection: {
    typ: 'token-introspection+jwt',
    accepts: ['token-introspection+jwt'],
    maxLifeSeconds: HOUR,
    expiry: 'optional',
    requires: ['iss', 'aud', 'iat', 'token_introspection'],
    forbids: ['sub', 'exp'],
  },
  // Read as long as the stream keeps it, hence no exp
  event: {
    typ: 'oidc-evt+jwt',
    accepts: ['oidc-evt+jwt'],
    maxLifeSeconds: DAY,
    expiry: 'optional',
    requires: ['iss', 'aud', 'iat', 'jti'],
  },
  // RFC 7523 §3, OIDC Core §9: iat is optional, a short life bounds the store of seen jti
  client_assertion: {
    typ: 'JWT',
    accepts: [undefined, 'jwt', 'client-authentication+jwt'],
    maxLifeSeconds: 5 * MINUTE,
    expiry: 'required',
    requires: ['iss', 'sub', 'aud', 'jti'],
    kidOptional: true,
    onlyOurAudience: true,
  },
  // OIDC Core §6.1, RFC 9101 §4, §10.8
  request_object: {
    typ: 'oauth-authz-req+jwt',
    accepts: [undefined, 'jwt', 'oauth-authz-req+jwt'],
    maxLifeSeconds: HOUR,
    expiry: 'optional',
    requires: [],
    kidOptional: true,
  },
  // OIDC Core §3.1.2.1: an ID token of ours, read to know whom it names
  id_token_hint: {
    typ: 'JWT',
    accepts: ['jwt'],
    maxLifeSeconds: DAY,
    expiry: 'ignored',
    requires: ['iss', 'sub', 'aud', 'iat'],
  },
} as const satisfies Readonly<Record<string, TokenKindRow>>;

export type TokenKind = keyof typeof TOKEN_KINDS;
/** A hint is an ID token, so nobody signs one as such. */
export type SignableKind = Exclude<TokenKind, 'id_token_hint'>;

export const rowOf = (kind: TokenKind): TokenKindRow => TOKEN_KINDS[kind];
