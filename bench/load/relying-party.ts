import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { Connection } from './http.js';

export type Alg = 'RS256' | 'ES256';

/** A client that a server under test knows. */
export interface BenchClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Algorithm that its ID tokens must have. */
  readonly alg: Alg;
}

export interface Metadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly introspection_endpoint?: string;
  readonly userinfo_endpoint?: string;
  readonly authorization_response_iss_parameter_supported?: boolean;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
}

/** A sign-in that was asked for; what comes back must fit it. */
export interface Asked {
  readonly parameters: Readonly<Record<string, string>>;
  readonly path: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Nothing listens there: the harness reads the answer instead of following it. */
export const REDIRECT_URI = 'https://rp.example/cb';

const SEED = randomBytes(9).toString('base64url');
let sequence = 0;

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const halfHash = (text: string): string => sha256(text).subarray(0, 16).toString('base64url');
const parse = (segment: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(segment, 'base64url').toString()) as Record<string, unknown>;

/** The client's half of OpenID Connect, which believes nothing: whatever it does not verify would not count. */
export class RelyingParty {
  private readonly keys = new Map<unknown, KeyObject>();
  private readonly prefixes = new Map<string, string>();

  constructor(
    readonly metadata: Metadata,
    jwks: { readonly keys: readonly (JsonWebKey & { readonly kid?: string })[] },
  ) {
    for (const jwk of jwks.keys) this.keys.set(jwk.kid, createPublicKey({ key: jwk, format: 'jwk' }));
  }

  ask(client: BenchClient, parameters: Readonly<Record<string, string>>): Asked {
    const number = (sequence++).toString(36).padStart(8, '0');
    const [state, nonce] = [`s${SEED}${number}`, `n${SEED}${number}`];
    const verifier = `${SEED}${number}-${SEED}${number}-${SEED}${number}`;
    const key = `${client.clientId} ${JSON.stringify(parameters)}`;
    let prefix = this.prefixes.get(key);
    if (prefix === undefined) {
      const fixed = { client_id: client.clientId, redirect_uri: REDIRECT_URI, code_challenge_method: 'S256' };
      prefix = `${pathOf(this.metadata.authorization_endpoint)}?${new URLSearchParams({ ...fixed, ...parameters }).toString()}`;
      this.prefixes.set(key, prefix);
    }
    const challenge = sha256(verifier).toString('base64url');
    const path = `${prefix}&state=${state}&nonce=${nonce}&code_challenge=${challenge}`;
    return { parameters, path, state, nonce, verifier };
  }

  async token(connection: Connection, client: BenchClient, form: string): Promise<TokenAnswer> {
    const headers = { authorization: basic(client) };
    const { status, body } = await connection.post(pathOf(this.metadata.token_endpoint), form, headers);
    if (status !== 200) throw new Error(`token endpoint: ${status} ${body.slice(0, 300)}`);
    const answer = JSON.parse(body) as TokenAnswer;
    if (typeof answer.access_token !== 'string') throw new Error('token endpoint: no access_token');
    return answer;
  }

  redeem(
    connection: Connection,
    client: BenchClient,
    code: string,
    { verifier }: Asked,
    more: string,
  ): Promise<TokenAnswer> {
    const redirect = encodeURIComponent(REDIRECT_URI);
    const form = `grant_type=authorization_code&code=${encodeURIComponent(code)}&redirect_uri=${redirect}&code_verifier=${verifier}${more}`;
    return this.token(connection, client, form);
  }

  /** state, and iss where the server says that it sends it, RFC 9207 §2; one of a peer may be missing, but not wrong. */
  checkResponse(response: Readonly<Record<string, string>>, { state }: Asked, mayOmitIss: boolean): void {
    const { issuer, authorization_response_iss_parameter_supported: identified = false } = this.metadata;
    if (response['error'] !== undefined) throw new Error(`authorization: ${JSON.stringify(response)}`);
    if (response['state'] !== state) throw new Error('authorization: state');
    const demanded = identified && !mayOmitIss;
    if ((demanded || response['iss'] !== undefined) && response['iss'] !== issuer)
      throw new Error(`authorization: iss ${response['iss']}`);
  }

  /** Signature, algorithm, iss, aud, exp, nonce and the hashes of what is given; returns the subject. */
  checkIdToken(
    jwt: string | undefined,
    client: BenchClient,
    expected: {
      readonly nonce?: string;
      readonly code?: string;
      readonly accessToken?: string;
      /** at_hash is optional at the token endpoint, OIDC Core §3.1.3.6: there it may be missing, but not wrong. */
      readonly mayOmitTokenHash?: boolean;
    },
  ): string {
    const claims = this.checkSignature(jwt, client.alg);
    const { sub, nonce, c_hash: codeHash, at_hash: tokenHash } = claims;
    this.checkCommon('ID token', claims, client.clientId);
    if (typeof sub !== 'string' || sub === '') throw new Error('ID token: sub');
    if (expected.nonce !== undefined && nonce !== expected.nonce) throw new Error('ID token: nonce');
    if (expected.code !== undefined && codeHash !== halfHash(expected.code)) throw new Error('ID token: c_hash');
    const mayMiss = expected.mayOmitTokenHash === true && tokenHash === undefined;
    if (expected.accessToken !== undefined && !mayMiss && tokenHash !== halfHash(expected.accessToken))
      throw new Error('ID token: at_hash');
    return sub;
  }

  /** A JWT access token as RFC 9068 §4 has an API check it, with the scope that every workload asks for. */
  checkAccessToken(jwt: string, alg: Alg, audience: string, subject?: string): void {
    const claims = this.checkSignature(jwt, alg, 'at+jwt');
    this.checkCommon('access token', claims, audience);
    if (subject !== undefined && claims['sub'] !== subject) throw new Error('access token: sub');
    if (!String(claims['scope']).split(' ').includes('read:orders')) throw new Error('access token: scope');
  }

  private checkCommon(what: string, { iss, aud, exp }: Readonly<Record<string, unknown>>, audience: string): void {
    if (iss !== this.metadata.issuer) throw new Error(`${what}: iss ${String(iss)}`);
    if (aud !== audience && !(Array.isArray(aud) && aud.includes(audience))) throw new Error(`${what}: aud`);
    if (!(Number(exp) > Date.now() / 1_000)) throw new Error(`${what}: exp`);
  }

  /** The claims of a JWT of this server. */
  private checkSignature(jwt: string | undefined, alg: Alg, type?: string): Record<string, unknown> {
    const [header = '', payload = '', signature = ''] = jwt?.split('.') ?? [];
    if (signature === '') throw new Error('a signed token is missing');
    const { alg: actual, kid, typ } = parse(header);
    if (type !== undefined && typ !== type) throw new Error(`token: typ ${String(typ)}`);
    const key = this.keys.get(kid);
    if (actual !== alg || key === undefined) throw new Error(`token: alg ${String(actual)}, kid ${String(kid)}`);
    const bytes = Buffer.from(signature, 'base64url');
    const encoded = { key, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', Buffer.from(`${header}.${payload}`), alg === 'ES256' ? encoded : key, bytes))
      throw new Error('token: signature');
    return parse(payload);
  }
}

export const pathOf = (url: string): string => {
  const { pathname, search } = new URL(url);
  return pathname + search;
};

export const basic = ({ clientId, clientSecret }: BenchClient): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`;
