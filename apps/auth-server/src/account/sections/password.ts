import { Inject, Injectable } from '@nestjs/common';
import { UserStore } from '@tandem/persistence';
import type { DeclaredConfiguration } from '../../declared-configuration/declared-configuration.js';
import { single } from '../../http/form-parameters.js';
import { PasswordHashing } from '../../interaction/login-methods/password-hashing.js';
import { LoginThrottle } from '../../interaction/login-throttle.js';
import { PasswordChange } from '../../passwords/password-change.js';
import { PasswordRules } from '../../passwords/password-rules.js';
import { DECLARED } from '../../tokens.js';
import type { AccountChange, AccountContext, AccountOutcome, AccountPart, AccountSection } from '../account-section.js';

/** Changes the password of who knows it, and sets one, soon after a sign-in, for accounts that have none. */
@Injectable()
export class PasswordSection implements AccountSection {
  readonly actions: AccountSection['actions'] = {
    password: { run: (change) => this.change(change) },
    'password-set': { fresh: true, run: (change) => this.setFirst(change) },
  };

  constructor(
    private readonly users: UserStore,
    private readonly throttle: LoginThrottle,
    private readonly hashing: PasswordHashing,
    private readonly rules: PasswordRules,
    private readonly passwordChange: PasswordChange,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  async part({ signIn }: AccountContext): Promise<AccountPart | undefined> {
    if (!this.declared.login.methods.includes('password')) return undefined;
    const credential = await this.users.findCredential(signIn.user.userId);
    return {
      view: 'password',
      model: { has: credential?.passwordHash !== undefined, address: signIn.user.email },
    };
  }

  private async change(change: AccountChange): Promise<AccountOutcome> {
    const { http, signIn, form } = change;
    // The counters of the sign-in: a browser that was left open is no place to try passwords.
    const full = await this.throttle.attempt(signIn.user.emailKey);
    if (full !== undefined) return { problem: 'login.throttled', retryAfterSeconds: full.retryAfterSeconds };
    const credential = await this.users.findCredential(signIn.user.userId);
    if (await this.hashing.verify(credential?.passwordHash, single(form, 'current') ?? '')) return this.set(change);
    await this.throttle.failed(http);
    return { audit: 'password.change_refused', problem: 'password.wrong' };
  }

  private async setFirst(change: AccountChange): Promise<AccountOutcome> {
    const credential = await this.users.findCredential(change.signIn.user.userId);
    return credential?.passwordHash === undefined ? this.set(change) : { problem: 'password.wrong' };
  }

  private async set({ signIn, form, language }: AccountChange): Promise<AccountOutcome> {
    const password = single(form, 'password') ?? '';
    const problem = await this.rules.problemOf(password, signIn.user.email);
    if (problem !== undefined) return { problem };
    await this.passwordChange.make(signIn.user, password, language, signIn.session.sid);
    return { audit: 'password.changed', notice: 'password.changed' };
  }
}
