import { Module } from '@nestjs/common';
import { MailSender } from './mail-sender.js';
import { MailThrottle } from './mail-throttle.js';
import { Mailer } from './mailer.js';

/** Mail to users: written and queued here, sent beside requests. It never decides who is told what. */
@Module({ providers: [Mailer, MailSender, MailThrottle], exports: [Mailer, MailThrottle] })
export class MailModule {}
