import { Module } from '@nestjs/common';
import { InteractionModule } from '../interaction/interaction.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { SessionModule } from '../session/session.module.js';
import { AccountController } from './account.controller.js';
import { ConnectedApplications } from './connected-applications.js';

/** Where users look after what they have allowed, and where they are signed in. It signs in through /authorize like any application. */
@Module({
  imports: [InteractionModule, PagesModule, SessionModule],
  controllers: [AccountController],
  providers: [ConnectedApplications],
})
export class AccountModule {}
