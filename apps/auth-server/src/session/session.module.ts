import { Module } from '@nestjs/common';
import { BrowserSessions } from './browser-sessions.js';

/** Sign-ins of browsers (OIDC Core §3.1.2.3, Session Management). It knows cookies; it never authenticates anybody. */
@Module({ providers: [BrowserSessions], exports: [BrowserSessions] })
export class SessionModule {}
