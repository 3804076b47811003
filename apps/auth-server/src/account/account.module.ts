import { Module } from '@nestjs/common';
import { InteractionModule } from '../interaction/interaction.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { PasskeysModule } from '../passkeys/passkeys.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { SessionModule } from '../session/session.module.js';
import { AccountController, SECTIONS } from './account.controller.js';
import type { AccountSection } from './account-section.js';
import { ConnectedApplications } from './sections/connected-applications.js';
import { ACCOUNT_SECTIONS } from './sections/index.js';

/**
 * Where users look after their account, what they have allowed, and where they are signed in. It signs in through
 * /authorize like any application.
 */
@Module({
  imports: [InteractionModule, MailModule, PagesModule, PasskeysModule, PasswordsModule, SessionModule],
  controllers: [AccountController],
  providers: [
    ...ACCOUNT_SECTIONS,
    {
      provide: SECTIONS,
      useFactory: (...sections: AccountSection[]) => sections,
      inject: [...ACCOUNT_SECTIONS],
    },
    ConnectedApplications,
  ],
})
export class AccountModule {}
