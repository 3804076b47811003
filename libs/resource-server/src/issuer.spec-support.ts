import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AnyDomainEvent, RevocationEntry } from '@tandem/contracts';
import { EVENT_AUDIENCE } from '@tandem/contracts';
import { generateSigningKey, jwkSet, TokenSigner } from '@tandem/jwt';
import type { SigningKey } from '@tandem/jwt';

export const AUDIENCE = 'https://things.example/';
export const now = (): number => Math.floor(Date.now() / 1_000);

/** As much of an auth-server as an API sees: keys, tokens, events, the snapshot and introspection. */
export class TestIssuer {
  private readonly server: Server;
  private readonly signer = new TokenSigner();
  private count = 0;
  key: SigningKey;
  /** What is published; normally the one key that signs. */
  published: readonly SigningKey[];
  revocations: readonly RevocationEntry[] = [];
  /** The instant of the snapshot; undefined: now. */
  snapshotAt: number | undefined;
  active: boolean | undefined = true;
  isUp = true;
  readonly asked: string[] = [];

  private constructor(key: SigningKey) {
    [this.key, this.published] = [key, [key]];
    this.server = createServer((request, response) => {
      void this.answer(request).then((body) => {
        response.writeHead(body === undefined ? 500 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body ?? {}));
      });
    });
  }

  static async start(): Promise<TestIssuer> {
    const issuer = new TestIssuer(await generateSigningKey('ES256'));
    issuer.server.listen(0, '127.0.0.1');
    await once(issuer.server, 'listening');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** A token of alice for the API; `changes` may also take claims away, by undefined. */
  token(changes: object = {}, key = this.key): string {
    const at = now();
    this.count += 1;
    const claims = {
      ...{
        iss: this.url,
        sub: 'alice',
        aud: AUDIENCE,
        client_id: 'app',
        jti: `jti-${this.count}`,
        scope: 'read:things',
      },
      ...{ iat: at, exp: at + 300, grant_id: 'grant-1', sid: 'sid-1' },
      ...changes,
    };
    return this.signer.sign('access_token', claims, key);
  }

  idToken(): string {
    return this.signer.sign(
      'id_token',
      { iss: this.url, sub: 'alice', aud: AUDIENCE, iat: now(), exp: now() + 300 },
      this.key,
    );
  }

  event(event: AnyDomainEvent, changes: object = {}, key = this.key): string {
    const claims = { iss: this.url, aud: EVENT_AUDIENCE, iat: now(), jti: event.id, event, ...changes };
    return this.signer.sign('event', claims, key);
  }

  askedFor(path: string): number {
    return this.asked.filter((asked) => asked === path).length;
  }

  private async answer(request: IncomingMessage): Promise<object | undefined> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    this.asked.push(path);
    const body = await text(request);
    if (!this.isUp) return undefined;
    if (path === '/.well-known/jwks.json') return jwkSet(this.published);
    const basic = `Basic ${Buffer.from('api%3A1:s%C3%A9cret').toString('base64')}`;
    if (request.headers.authorization !== basic) return undefined;
    if (path === '/oauth/introspect') {
      return this.active === undefined || !body.startsWith('token=') ? undefined : { active: this.active };
    }
    if (path !== '/oauth/revocations') return undefined;
    // One entry a page.
    const index = Number(new URL(request.url ?? '', this.url).searchParams.get('after') ?? 0);
    const isLast = index + 1 >= this.revocations.length;
    return {
      entries: this.revocations.slice(index, index + 1),
      at: this.snapshotAt ?? now(),
      ...(isLast ? {} : { next: String(index + 1) }),
    };
  }
}
