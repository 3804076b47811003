import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { InteractionModule } from '../interaction/interaction.module.js';
import { OutboundModule } from '../outbound/outbound.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { SessionModule } from '../session/session.module.js';
import { TokenIssuanceModule } from '../token-issuance/token-issuance.module.js';
import { BackchannelLogout } from './backchannel-logout.js';
import { CheckSessionController } from './check-session.controller.js';
import { EndSessionController } from './end-session.controller.js';
import { LogoutChannels } from './logout-channels.js';
import { LogoutAnswers } from './logout-answers.js';
import { LogoutRequests } from './logout-request.js';

/**
 * Ends sessions and tells the applications (OIDC RP-Initiated, Front-Channel and Back-Channel Logout, Session Management,
 * Auth0's /v2/logout). It redirects to registered addresses only and never ends a session that nobody vouched for.
 */
@Module({
  imports: [
    JwtModule,
    EventsModule,
    InteractionModule,
    OutboundModule,
    PagesModule,
    SessionModule,
    TokenIssuanceModule,
  ],
  controllers: [EndSessionController, CheckSessionController],
  providers: [BackchannelLogout, LogoutAnswers, LogoutChannels, LogoutRequests],
})
export class EndSessionEndpointModule {}
