import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { PresentedTokensModule } from '../presented-tokens/presented-tokens.module.js';
import { TokenIssuanceModule } from '../token-issuance/token-issuance.module.js';
import { IntrospectionController } from './introspection.controller.js';
import { IntrospectionResponder } from './introspection.responder.js';
import { Introspection } from './introspection.js';

/**
 * Tells resource servers whether a token is alive, over HTTP and over NATS (RFC 7662, RFC 9701), and hands them the list
 * of what is revoked. It answers only about tokens that concern the asker.
 */
@Module({
  imports: [JwtModule, ClientAuthenticationModule, PresentedTokensModule, TokenIssuanceModule],
  controllers: [IntrospectionController, IntrospectionResponder],
  providers: [Introspection],
})
export class IntrospectionEndpointModule {}
