import { constants, createHmac, sign, type KeyObject } from 'node:crypto';
import { InvalidTokenError, type InvalidTokenReason } from './invalid-token-error.js';
import type { SignableKind } from './tokens/token-kinds.js';

/** The instant at which every token of the specs is read. */
export const NOW = 1_800_000_000;
export const ISSUER = 'http://localhost:3000/';
export const API = 'https://api.tandem.example/';

const common = { iss: ISSUER, iat: NOW, exp: NOW + 300 };

/** A valid set of claims for each kind. */
export const CLAIMS: { readonly [K in SignableKind]: Readonly<Record<string, unknown>> } = {
  id_token: { ...common, sub: 'alice', aud: API, nonce: 'n' },
  access_token: { ...common, sub: 'alice', aud: [API, `${ISSUER}userinfo`], jti: 'at_1', client_id: 'demo-web' },
  logout_token: { ...common, exp: NOW + 120, aud: API, sub: 'alice', jti: 'lt_1', events: {} },
  kept_logout_token: { ...common, exp: NOW + 86_400, aud: API, sub: 'alice', jti: 'lt_2', events: {} },
  userinfo: { iss: ISSUER, iat: NOW, sub: 'alice', aud: API },
  introspection: { iss: ISSUER, iat: NOW, aud: API, token_introspection: { active: false } },
  event: { iss: ISSUER, iat: NOW, aud: API, jti: 'e_1', event: { type: 'heartbeat' } },
  client_assertion: { ...common, iss: 'demo-web', sub: 'demo-web', aud: API, jti: 'ca_1' },
  request_object: { iss: 'demo-web', aud: API, iat: NOW, exp: NOW + 300, client_id: 'demo-web' },
};

/** Text stays as it is, bytes and JSON values are encoded: an attacker's choice. */
export const segment = (value: unknown): string =>
  Buffer.from(Buffer.isBuffer(value) ? value : typeof value === 'string' ? value : JSON.stringify(value)).toString(
    'base64url',
  );

/** A token with any header and payload, signed without asking this library: with a key or (as HS256) with bytes. */
export function forge(header: unknown, payload: unknown, key: KeyObject | Buffer | string, alg = 'RS256'): string {
  const input = `${segment(header)}.${segment(payload)}`;
  return `${input}.${signature(input, key, alg).toString('base64url')}`;
}

function signature(input: string, key: KeyObject | Buffer | string, alg: string): Buffer {
  if (typeof key === 'string' || Buffer.isBuffer(key)) return createHmac('sha256', key).update(input).digest();
  const digest = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363', ...(alg.startsWith('PS') ? pss : {}) });
}

/** The reason of the refusal; fails on anything but an InvalidTokenError. */
export function reasonOf(attempt: () => unknown): InvalidTokenReason | 'accepted' {
  try {
    attempt();
    return 'accepted';
  } catch (error) {
    if (error instanceof InvalidTokenError) return error.reason;
    throw error;
  }
}
