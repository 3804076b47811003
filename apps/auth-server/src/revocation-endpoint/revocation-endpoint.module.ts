import { Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { PresentedTokensModule } from '../presented-tokens/presented-tokens.module.js';
import { RevocationController } from './revocation.controller.js';

/** POST /oauth/revoke: a client ends its own tokens (RFC 7009). It never tells whether a token was there. */
@Module({ imports: [ClientAuthenticationModule, PresentedTokensModule], controllers: [RevocationController] })
export class RevocationEndpointModule {}
