import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { PresentedTokensModule } from '../presented-tokens/presented-tokens.module.js';
import { TokenIssuanceModule } from '../token-issuance/token-issuance.module.js';
import { UserinfoController } from './userinfo.controller.js';

/** GET|POST /userinfo: claims of the token's user, plain, signed or encrypted (OIDC Core §5.3). It never signs anybody in. */
@Module({
  imports: [JwtModule, ClientAuthenticationModule, PresentedTokensModule, TokenIssuanceModule],
  controllers: [UserinfoController],
})
export class UserinfoEndpointModule {}
