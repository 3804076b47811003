import { Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { ClientRegistration } from './client-registration.js';
import { RegistrationController } from './registration.controller.js';
import { SectorIdentifiers } from './sector-identifiers.js';

/**
 * Clients register themselves and manage their registration (OpenID Dynamic Registration, RFC 7591, RFC 7592), where the
 * operator lets them. What only the operator may decide, such as skipping the consent, can't be set here.
 */
@Module({
  imports: [ClientAuthenticationModule, OutboundModule],
  controllers: [RegistrationController],
  providers: [ClientRegistration, SectorIdentifiers],
})
export class RegistrationEndpointModule {}
