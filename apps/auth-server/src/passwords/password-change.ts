import { Injectable } from '@nestjs/common';
import { mailboxOf, SessionStore, UserStore } from '@tandem/persistence';
import type { User } from '@tandem/protocol';
import { PasswordHashing } from '../interaction/login-methods/password-hashing.js';
import { LoginThrottle } from '../interaction/login-throttle.js';
import { Proofs } from '../interaction/proofs.js';
import { Mailer } from '../mail/mailer.js';
import type { Language } from '../messages/index.js';

/** Purpose of the link in a reset mail. */
export const PASSWORD_RESET = 'password-reset';

/** Which of the user's sessions go on after a change: the one that is named, all of them, or none. */
export type KeptSessions = 'all' | 'none' | { readonly sid: string };

/** What a new password brings about, whichever way it came. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly users: UserStore,
    private readonly sessions: SessionStore,
    private readonly hashing: PasswordHashing,
    private readonly throttle: LoginThrottle,
    private readonly proofs: Proofs,
    private readonly mailer: Mailer,
  ) {}

  /** Sets a password that the rules allow; the user is told by mail. False when the user is gone. */
  async make(user: User, password: string, language: Language, kept: KeptSessions): Promise<boolean> {
    const { userId, email, emailKey } = user;
    if (!(await this.users.setPassword(userId, await this.hashing.hash(password)))) return false;
    await this.proofs.void(userId, PASSWORD_RESET);
    if (kept !== 'all') await this.sessions.endAll(userId, kept === 'none' ? undefined : kept.sid);
    await this.throttle.succeeded(emailKey);
    await this.mailer.send(mailboxOf(user), language, {
      subject: 'mail.password-changed.subject',
      text: 'mail.password-changed.text',
      values: { email },
    });
    return true;
  }
}
