import { Module } from '@nestjs/common';
import { InteractionModule } from '../interaction/interaction.module.js';
import { MailModule } from '../mail/mail.module.js';
import { BreachedPasswords } from './breached-passwords.js';
import { PasswordChange } from './password-change.js';
import { PasswordRules } from './password-rules.js';

/** New passwords: what they must be, and what follows from one. It never checks who may set them. */
@Module({
  imports: [InteractionModule, MailModule],
  providers: [BreachedPasswords, PasswordChange, PasswordRules],
  exports: [PasswordChange, PasswordRules],
})
export class PasswordsModule {}
