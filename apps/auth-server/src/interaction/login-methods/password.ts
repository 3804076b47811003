import { Injectable } from '@nestjs/common';
import { emailKey, UserStore } from '@tandem/persistence';
import { single } from '../../http/form-parameters.js';
import { LoginThrottle } from '../login-throttle.js';
import type { LoginAttempt, LoginMethod, LoginOutcome, LoginPart } from './login-method.js';
import { PasswordHashing } from './password-hashing.js';

/** E-mail address and password. Unknown and known accounts are told apart by nothing. */
@Injectable()
export class PasswordLogin implements LoginMethod {
  static readonly methodName = 'password';
  readonly name = PasswordLogin.methodName;

  constructor(
    private readonly users: UserStore,
    private readonly throttle: LoginThrottle,
    private readonly hashing: PasswordHashing,
  ) {}

  part(): LoginPart {
    return { view: 'password', fold: { key: 'login.with-password' } };
  }

  async authenticate({ http, form }: LoginAttempt): Promise<LoginOutcome> {
    const username = single(form, 'username') ?? '';
    const password = single(form, 'password') ?? '';
    if (username === '' || password === '' || username.length > 320) return { outcome: 'refused' };
    this.hashing.refuseWhenFull();
    const account = emailKey(username);
    // Counted before the password is checked, so that parallel guesses can't slip through.
    const full = await this.throttle.attempt(account);
    if (full !== undefined) return full;
    const credential = await this.users.findByEmail(username);
    if (!(await this.hashing.verify(credential?.passwordHash, password)) || credential === undefined)
      return (await this.throttle.failed(http)) ?? { outcome: 'refused' };
    return { outcome: 'authenticated', authentication: { userId: credential.user.userId, amr: ['pwd'] } };
  }
}
