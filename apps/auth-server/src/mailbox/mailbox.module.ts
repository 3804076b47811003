import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { MailboxController } from './mailbox.controller.js';

/** The mails of a development system as a page. It is no part of a server in production, see `hasMailbox`. */
@Module({ imports: [MailModule, PagesModule], controllers: [MailboxController] })
export class MailboxModule {}
