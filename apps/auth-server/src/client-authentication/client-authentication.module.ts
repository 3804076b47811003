import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ClientAuthenticator, METHODS } from './client-authenticator.js';
import { ClientKeys } from './client-keys.js';
import { ClientSecrets } from './client-secrets.js';
import type { ClientAuthenticationMethod } from './methods/client-authentication-method.js';
import { CLIENT_AUTHENTICATION_METHODS } from './methods/index.js';

/**
 * Proves who a client is, for every endpoint that needs to know (RFC 6749 §2.3, RFC 7523, OIDC Core §9). It never issues
 * and never answers HTTP: it returns an `AuthenticatedClient` or throws.
 */
@Module({
  imports: [JwtModule, OutboundModule],
  providers: [
    ...CLIENT_AUTHENTICATION_METHODS,
    {
      provide: METHODS,
      useFactory: (...methods: ClientAuthenticationMethod[]) => methods,
      inject: [...CLIENT_AUTHENTICATION_METHODS],
    },
    ClientAuthenticator,
    ClientKeys,
    ClientSecrets,
  ],
  exports: [ClientAuthenticator, ClientKeys, ClientSecrets],
})
export class ClientAuthenticationModule {}
