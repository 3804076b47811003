import { Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { TokenIssuanceModule } from '../token-issuance/token-issuance.module.js';
import type { GrantType } from './grant-types/grant-type.js';
import { GRANT_TYPES } from './grant-types/index.js';
import { INSTALLED_GRANT_TYPES, TokenController } from './token.controller.js';

/**
 * POST /oauth/token: authenticates the client once, lets the grant type prove its grant, issues, answers (RFC 6749 §3.2,
 * OIDC Core §3.1.3, RFC 8707). It never signs by itself and never shows a page.
 */
@Module({
  imports: [ClientAuthenticationModule, TokenIssuanceModule],
  controllers: [TokenController],
  providers: [
    ...GRANT_TYPES,
    { provide: INSTALLED_GRANT_TYPES, useFactory: (...types: GrantType[]) => types, inject: [...GRANT_TYPES] },
  ],
})
export class TokenEndpointModule {}
