import { Module } from '@nestjs/common';
import { InteractionModule } from '../interaction/interaction.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { ConfirmationController } from './confirmation.controller.js';
import { SignUpPage } from './sign-up-page.js';
import { SignUpController } from './sign-up.controller.js';
import { SignUp } from './sign-up.js';

/** People make themselves an account, on their way to an application. There is no account before its address is proven. */
@Module({
  imports: [InteractionModule, MailModule, PagesModule, PasswordsModule],
  controllers: [SignUpController, ConfirmationController],
  providers: [SignUp, SignUpPage],
})
export class SignUpModule {}
