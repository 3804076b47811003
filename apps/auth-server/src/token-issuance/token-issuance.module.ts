import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { AccessTokens } from './access-token.js';
import { IdTokens } from './id-token.js';
import { RefreshTokens } from './refresh-token.js';
import { Subjects } from './subjects.js';
import { TokenIssuer } from './token-issuer.js';

/**
 * The only room that signs tokens for others (OIDC Core §2, RFC 9068). It never reads a request and never decides whether
 * something may be issued.
 */
@Module({
  imports: [JwtModule, ClientAuthenticationModule],
  providers: [AccessTokens, IdTokens, RefreshTokens, Subjects, TokenIssuer],
  exports: [AccessTokens, IdTokens, RefreshTokens, Subjects, TokenIssuer],
})
export class TokenIssuanceModule {}
