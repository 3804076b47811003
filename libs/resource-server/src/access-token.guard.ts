import { AUTHORIZATION_HEADER } from '@tandem/contracts';
import { type CanActivate, type ExecutionContext, HttpException, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type NatsContext, RpcException } from '@nestjs/microservices';
import { missing } from '@tandem/protocol';
import { AccessTokenValidator } from './access-token-validator.js';
import type { AccessToken } from './access-token-validator.js';
import { carrierOf, CURRENT_TOKEN, REQUIRED_SCOPES } from './decorators.js';
import { RESOURCE_SERVER_OPTIONS } from './options.js';
import type { ResourceServerOptions } from './options.js';
import { Refusal } from './refusal.js';
import { RevocationListener } from './revocation-listener.js';

const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** As much of an HTTP request and reply as the guard needs, whatever the adapter. */
interface HttpRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly url: string;
  readonly body?: unknown;
}
interface HttpReply {
  header(name: string, value: string): unknown;
}

/** The token of a request: in the header and nowhere else (RFC 6750 §2.1); in the query it would end up in logs. */
function readHttpToken({ headers, url, body }: HttpRequest): string | undefined {
  const query = url.indexOf('?');
  if (query >= 0 && new URLSearchParams(url.slice(query)).has('access_token'))
    throw new Refusal('invalid_request', 'an access token must not stand in the URL');
  const inBody =
    typeof body === 'string'
      ? new URLSearchParams(body).has('access_token')
      : typeof body === 'object' && body !== null && Object.hasOwn(body, 'access_token');
  if (inBody) throw new Refusal('invalid_request', 'the access token must stand in the Authorization header');
  return readAuthorization(headers['authorization']);
}

/** Of a message, likewise: two tokens would leave open which of them counts. */
function readMessageToken(message: NatsContext): string | undefined {
  const headers: { values(name: string): readonly string[] } | undefined = message.getHeaders();
  const values = headers?.values(AUTHORIZATION_HEADER) ?? [];
  if (values.length > 1) throw new Refusal('invalid_request', 'the Authorization header was sent twice');
  return readAuthorization(values[0]);
}

function readAuthorization(header: string | undefined): string | undefined {
  if (header === undefined || !/^bearer(\s|$)/i.test(header)) return undefined;
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new Refusal('invalid_token', 'the access token is malformed');
  return token;
}

/** Lets handlers be called with a good access token that has the scopes they require. The same for HTTP and NATS. */
@Injectable()
export class AccessTokenGuard implements CanActivate {
  constructor(
    private readonly validator: AccessTokenValidator,
    private readonly revocations: RevocationListener,
    private readonly reflector: Reflector,
    @Inject(RESOURCE_SERVER_OPTIONS) private readonly options: ResourceServerOptions,
  ) {}

  /** Synchronous when nothing has to be fetched or asked. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    try {
      const token = this.validator.validate(this.read(context));
      if (token instanceof Promise)
        return token.then((good) => this.admit(context, good)).catch((error: unknown) => this.refuse(context, error));
      return this.admit(context, token);
    } catch (error) {
      return this.refuse(context, error);
    }
  }

  private read(context: ExecutionContext): string {
    if (!this.revocations.isReady) throw new Refusal('unavailable', 'the list of revocations is being loaded');
    const token =
      context.getType() === 'http'
        ? readHttpToken(context.switchToHttp().getRequest<HttpRequest>())
        : readMessageToken(context.switchToRpc().getContext<NatsContext>());
    if (token === undefined) throw new Refusal('no_credentials', 'an access token is needed');
    return token;
  }

  private admit(context: ExecutionContext, token: AccessToken): boolean {
    const required =
      this.reflector.getAllAndOverride<readonly string[] | undefined>(REQUIRED_SCOPES, [
        context.getHandler(),
        context.getClass(),
      ]) ?? [];
    if (missing(required, token.scope).length > 0)
      throw new Refusal('insufficient_scope', 'the access token lacks a scope', required);
    carrierOf(context)[CURRENT_TOKEN] = token;
    return true;
  }

  private refuse(context: ExecutionContext, error: unknown): never {
    if (!(error instanceof Refusal)) throw error;
    if (context.getType() !== 'http') throw new RpcException({ status: error.status, ...error.body });
    const reply = context.switchToHttp().getResponse<HttpReply>();
    if (error.kind === 'unavailable') reply.header('retry-after', String(Refusal.RETRY_AFTER_SECONDS));
    else reply.header('www-authenticate', error.challenge(this.metadataUrl));
    throw new HttpException(error.body, error.status);
  }

  private get metadataUrl(): string | undefined {
    const { resourceUrl } = this.options;
    return resourceUrl === undefined ? undefined : new URL('/.well-known/oauth-protected-resource', resourceUrl).href;
  }
}
