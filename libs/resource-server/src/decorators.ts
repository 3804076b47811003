import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { AccessToken } from './access-token-validator.js';

/** Metadata key of the scopes that a handler needs. */
export const REQUIRED_SCOPES = Symbol('required scopes');

/** Where the guard leaves the token: on the HTTP request, or on the context of the message. */
export const CURRENT_TOKEN = Symbol('current access token');

/** The handler (or every handler of the class) needs all of these scopes in the access token. */
export const RequireScopes = (...scopes: readonly string[]): MethodDecorator & ClassDecorator =>
  SetMetadata(REQUIRED_SCOPES, scopes);

/** What the guard has written the token to. */
export const carrierOf = (context: ExecutionContext): { [CURRENT_TOKEN]?: AccessToken } =>
  context.getType() === 'http' ? context.switchToHttp().getRequest() : context.switchToRpc().getContext();

/** The access token that the guard let through. */
export const CurrentToken = createParamDecorator((_data: unknown, context: ExecutionContext): AccessToken => {
  const token = carrierOf(context)[CURRENT_TOKEN];
  if (token === undefined) throw new Error('@CurrentToken() is used on a handler without AccessTokenGuard');
  return token;
});
