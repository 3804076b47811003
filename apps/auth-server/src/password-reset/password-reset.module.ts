import { Module } from '@nestjs/common';
import { InteractionModule } from '../interaction/interaction.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { NewPasswordController } from './new-password.controller.js';
import { PasswordResetController } from './password-reset.controller.js';

/** A forgotten password: a link by mail, and a new one by the link. Whether an address has an account it tells nobody. */
@Module({
  imports: [InteractionModule, MailModule, PagesModule, PasswordsModule],
  controllers: [PasswordResetController, NewPasswordController],
})
export class PasswordResetModule {}
