import { Injectable } from '@nestjs/common';
import { mailboxOf, UserStore } from '@tandem/persistence';
import type { User } from '@tandem/protocol';
import { PasswordHashing } from '../interaction/login-methods/password-hashing.js';
import { LoginThrottle } from '../interaction/login-throttle.js';
import { Proofs } from '../interaction/proofs.js';
import { Mailer } from '../mail/mailer.js';
import type { Language } from '../messages/index.js';

/** Purpose of the link in a reset mail. */
export const PASSWORD_RESET = 'password-reset';

/** What a new password brings about, whichever way it came. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly users: UserStore,
    private readonly hashing: PasswordHashing,
    private readonly throttle: LoginThrottle,
    private readonly proofs: Proofs,
    private readonly mailer: Mailer,
  ) {}

  /**
   * Sets a password that the rules allow, ends every session and grant but those of `keptSid`, and tells the user by
   * mail. False when the user is gone.
   */
  async make(user: User, password: string, language: Language, keptSid?: string): Promise<boolean> {
    const { userId, email, emailKey } = user;
    if (!(await this.users.setPassword(userId, await this.hashing.hash(password), keptSid))) return false;
    await this.proofs.void(userId, PASSWORD_RESET);
    await this.throttle.succeeded(emailKey);
    await this.mailer.send(mailboxOf(user), language, {
      subject: 'mail.password-changed.subject',
      text: 'mail.password-changed.text',
      values: { email },
    });
    return true;
  }
}
