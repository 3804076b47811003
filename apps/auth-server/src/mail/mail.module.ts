import { Module } from '@nestjs/common';
import { Mailer } from './mailer.js';

/** Mail to users: written and queued here, sent beside requests. It never decides who is told what. */
@Module({ providers: [Mailer], exports: [Mailer] })
export class MailModule {}
