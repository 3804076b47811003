import { createHash } from 'node:crypto';
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { checkClaimTypes, claimsOfScopes, type Claims } from './claim-types.js';
import type { RegisteredClient } from './client.js';
import { fetchKeys, type Provider } from './provider.js';
import { words } from './words.js';

/** What the request and its response say about an ID token that came with them. */
export interface ExpectedIdToken {
  readonly provider: Provider;
  readonly client: RegisteredClient;
  readonly request: URLSearchParams;
  /** Issued beside it: their hashes must be right where they stand, and must stand in the front channel. */
  readonly code?: string;
  readonly accessToken?: string;
  readonly channel: 'front' | 'back';
  /** Whether the response type brings the user's claims in the ID token, because there is no access token. */
  readonly carriesProfile: boolean;
  /** A refreshed ID token need not repeat the nonce. */
  readonly refreshed?: boolean;
}

export interface IdToken {
  readonly encoded: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Claims;
}

const PROTOCOL_CLAIMS = words('iss sub aud exp iat auth_time nonce acr amr azp at_hash c_hash s_hash nbf jti sid txn');
const FIVE_MINUTES = 300;
const YEAR = 366 * 86_400;

/** Verifies an ID token as OIDC Core §3.1.3.7, §3.2.2.11 and §3.3.2.12 say, and as the suite adds. */
export async function checkIdToken(encoded: unknown, expected: ExpectedIdToken): Promise<IdToken> {
  expect(encoded).toEqual(expect.any(String));
  const { header, claims } = await verifySignature(encoded as string, expected);
  checkRequiredClaims(claims, expected);
  checkSignIn(claims, expected);
  checkHash(claims['c_hash'], expected.code, header['alg'] as string, expected.channel);
  checkHash(claims['at_hash'], expected.accessToken, header['alg'] as string, expected.channel);
  checkClaimTypes(claims);
  checkNothingElse(claims, expected);
  return { encoded: encoded as string, header, claims };
}

async function verifySignature(
  encoded: string,
  { provider, client }: ExpectedIdToken,
): Promise<Pick<IdToken, 'header' | 'claims'>> {
  const header = decodeProtectedHeader(encoded);
  const alg = (client.registration['id_token_signed_response_alg'] as string | undefined) ?? 'RS256';
  expect(header.alg).toBe(alg);
  expect(header.kid).toEqual(expect.any(String));
  const { payload } = await compactVerify(encoded, await verificationKey(provider, header.kid as string, alg), {
    algorithms: [alg],
  });
  return { header: { ...header }, claims: JSON.parse(new TextDecoder().decode(payload)) as Claims };
}

/** The key of the set that carries `kid`; the set is read once more for a kid that is not known yet. */
export async function verificationKey(provider: Provider, kid: string, alg: string) {
  const known =
    provider.keys.find((key) => key.kid === kid) ??
    (await fetchKeys(provider.metadata['jwks_uri'])).find((key) => key.kid === kid);
  expect(known).toBeDefined();
  expect([undefined, 'sig']).toContain(known?.use);
  expect([undefined, alg]).toContain(known?.alg);
  return importJWK(known as unknown as JWK, alg);
}

function checkRequiredClaims(claims: Claims, { provider, client, request, refreshed = false }: ExpectedIdToken): void {
  const now = Date.now() / 1_000;
  expect(claims.iss).toBe(provider.issuer);
  expect([claims.aud].flat()).toContain(client.clientId);
  if (Array.isArray(claims.aud) && claims.aud.length > 1) expect(claims['azp']).toBe(client.clientId);
  expect(claims.exp).toBeGreaterThan(now);
  expect(claims.exp).toBeLessThan(now + 50 * YEAR);
  expect(Math.abs(now - (claims.iat as number))).toBeLessThan(FIVE_MINUTES);
  expect(claims.sub).toMatch(/^[\x20-\x7E]{1,255}$/);
  const nonce = request.get('nonce');
  if (nonce === null) expect(claims).not.toHaveProperty('nonce');
  else if (!refreshed || claims['nonce'] !== undefined) expect(claims['nonce']).toBe(nonce);
}

function checkSignIn(claims: Claims, { request }: ExpectedIdToken): void {
  const now = Date.now() / 1_000;
  if (request.has('max_age')) expect(claims['auth_time']).toBeDefined();
  if (claims['auth_time'] !== undefined) {
    expect(Number.isInteger(claims['auth_time'])).toBe(true);
    expect(claims['auth_time']).toBeLessThanOrEqual(now + 1);
    expect(claims['auth_time']).toBeGreaterThan(now - YEAR);
  }
  if (claims['acr'] !== undefined) expect(claims['acr']).toMatch(/\S/);
  const wanted = request.get('acr_values');
  if (wanted !== null) expect(wanted.split(' ')).toContain(claims['acr']);
}

/** OIDC Core §3.3.2.11: the left half of the hash that belongs to the signature's algorithm. */
function checkHash(hash: unknown, of: string | undefined, alg: string, channel: 'front' | 'back'): void {
  if (hash === undefined) {
    if (channel === 'front') expect(of).toBeUndefined();
    return;
  }
  expect(of).toBeDefined();
  const bits = alg === 'EdDSA' ? '512' : alg.slice(-3);
  const digest = createHash(`sha${bits}`)
    .update(of as string)
    .digest();
  expect(hash).toBe(digest.subarray(0, digest.length / 2).toString('base64url'));
}

/** The user's claims belong to userinfo, unless they were asked for here or there is no access token to ask with. */
function checkNothingElse(claims: Claims, { request, carriesProfile }: ExpectedIdToken): void {
  const asked = JSON.parse(request.get('claims') ?? '{}') as { readonly id_token?: object };
  const allowed = [
    ...PROTOCOL_CLAIMS,
    ...Object.keys(asked.id_token ?? {}),
    ...(carriesProfile ? claimsOfScopes(request.get('scope') ?? '') : []),
  ];
  expect(Object.keys(claims).filter((name) => !allowed.includes(name))).toEqual([]);
}
