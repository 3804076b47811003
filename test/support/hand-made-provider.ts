import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** What the provider does next, instead of what is right. */
export interface Behaviour {
  readonly sub?: string;
  /** Claims of the ID token, over those that are right; undefined takes one away. */
  readonly idToken?: Readonly<Record<string, unknown>>;
  readonly userinfo?: Readonly<Record<string, unknown>>;
  /** Sent back instead of a code. */
  readonly error?: string;
  /** `iss` of the authorization response. */
  readonly iss?: string;
  readonly tokenStatus?: number;
  /** Signs with a key that it never published. */
  readonly foreignKey?: boolean;
}

interface Issued {
  readonly nonce: string;
  readonly challenge: string;
  readonly clientId: string;
}

/**
 * An OpenID Provider by hand, which signs everybody in at once and can be told to misbehave. It is real HTTP; what is
 * right about it is checked by the other providers of the journeys.
 */
export class HandMadeProvider {
  behaviour: Behaviour = {};
  /** Queries of the authorization requests, the last one last. */
  readonly requests: URLSearchParams[] = [];
  private readonly codes = new Map<string, Issued>();

  private constructor(
    private server: Server,
    private readonly keys: { readonly right: CryptoKey; readonly foreign: CryptoKey; readonly jwk: JWK },
  ) {}

  static async start(): Promise<HandMadeProvider> {
    const [right, foreign] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    const jwk = { ...(await exportJWK(right.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    const provider = new HandMadeProvider(createServer(), {
      right: right.privateKey,
      foreign: foreign.privateKey,
      jwk,
    });
    await provider.listen(0);
    return provider;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private address = '';
  get issuer(): string {
    return this.address;
  }

  /** Nobody answers any more, until it comes `back`. */
  async away(): Promise<() => Promise<void>> {
    const { port } = this;
    await this.stop();
    return async () => {
      this.server = createServer();
      await this.listen(port);
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async listen(port: number): Promise<void> {
    this.server.on('request', (request: IncomingMessage, response) => {
      void this.answer(request).then(({ status, location, body }) =>
        response
          .writeHead(status, { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) })
          .end(body === undefined ? undefined : JSON.stringify(body)),
      );
    });
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.address = `http://localhost:${this.port}`;
  }

  private async answer(
    request: IncomingMessage,
  ): Promise<{ readonly status: number; readonly location?: string; readonly body?: unknown }> {
    const url = new URL(request.url ?? '/', this.issuer);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return { status: 200, body: this.metadata() };
      case '/jwks':
        return { status: 200, body: { keys: [this.keys.jwk] } };
      case '/authorize':
        return { status: 303, location: this.authorize(url.searchParams) };
      case '/token':
        return this.token(await formOf(request));
      case '/userinfo':
        return { status: 200, body: { sub: this.behaviour.sub ?? 'carol', ...this.behaviour.userinfo } };
      default:
        return { status: 404 };
    }
  }

  private metadata(): object {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      jwks_uri: `${this.issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  private authorize(query: URLSearchParams): string {
    this.requests.push(query);
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('state', query.get('state') ?? '');
    back.searchParams.set('iss', this.behaviour.iss ?? this.issuer);
    if (this.behaviour.error === undefined) {
      const code = randomUUID();
      this.codes.set(code, {
        nonce: query.get('nonce') ?? '',
        challenge: query.get('code_challenge') ?? '',
        clientId: query.get('client_id') ?? '',
      });
      back.searchParams.set('code', code);
    } else back.searchParams.set('error', this.behaviour.error);
    return back.href;
  }

  private async token(form: URLSearchParams): Promise<{ readonly status: number; readonly body: unknown }> {
    const issued = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const { tokenStatus = 200, foreignKey = false, sub = 'carol', idToken = {} } = this.behaviour;
    if (tokenStatus !== 200) return { status: tokenStatus, body: { error: 'server_error' } };
    const hash = await crypto.subtle.digest('SHA-256', Buffer.from(form.get('code_verifier') ?? ''));
    if (issued === undefined || Buffer.from(hash).toString('base64url') !== issued.challenge)
      return { status: 400, body: { error: 'invalid_grant' } };
    const now = Math.floor(Date.now() / 1_000);
    const right = { iss: this.issuer, aud: issued.clientId, sub, nonce: issued.nonce, iat: now, exp: now + 60 };
    const token = await new SignJWT({ ...right, auth_time: now, ...idToken })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(foreignKey ? this.keys.foreign : this.keys.right);
    return { status: 200, body: { access_token: randomUUID(), token_type: 'Bearer', id_token: token } };
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return new URLSearchParams(body);
}
