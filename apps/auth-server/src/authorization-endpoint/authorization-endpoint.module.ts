import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { InteractionModule } from '../interaction/interaction.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { SessionModule } from '../session/session.module.js';
import { TokenIssuanceModule } from '../token-issuance/token-issuance.module.js';
import { AuthorizationController } from './authorization.controller.js';
import { AuthorizationFlow } from './authorization-flow.js';
import { AuthorizationResponse } from './authorization-response.js';
import { GrantedResponse, INSTALLED_PARTS } from './granted-response.js';
import { RequestAccounts } from './request-accounts.js';
import { RequestChecks } from './request-checks.js';
import { RequestObjects } from './request-objects.js';
import { RESPONSE_PARTS } from './response-types/index.js';
import type { ResponsePart } from './response-types/response-part.js';

/**
 * GET|POST /authorize: proves where the answer may go, checks the request, asks the user through the interaction pages,
 * and answers by the mode in force (OIDC Core §3, Multiple Response Types, Form Post, RFC 9101, RFC 9207). It never shows
 * a form of its own and never authenticates anybody.
 */
@Module({
  imports: [
    JwtModule,
    ClientAuthenticationModule,
    InteractionModule,
    OutboundModule,
    PagesModule,
    SessionModule,
    TokenIssuanceModule,
  ],
  controllers: [AuthorizationController],
  providers: [
    ...RESPONSE_PARTS,
    { provide: INSTALLED_PARTS, useFactory: (...parts: ResponsePart[]) => parts, inject: [...RESPONSE_PARTS] },
    AuthorizationFlow,
    AuthorizationResponse,
    GrantedResponse,
    RequestAccounts,
    RequestChecks,
    RequestObjects,
  ],
})
export class AuthorizationEndpointModule {}
