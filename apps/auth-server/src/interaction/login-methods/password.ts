import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { emailKey, ThrottleStore, UserStore } from '@tandem/persistence';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { single } from '../../http/form-parameters.js';
import { ACR_VALUES } from './acr.js';
import type { LoginMethod, LoginOutcome } from './login-method.js';
import { PasswordHashing } from './password-hashing.js';

/** Attempts in a window of a minute: for one account before the password is looked at, for one address counting failures. */
const WINDOW_SECONDS = 60;
const PER_ACCOUNT = 20;
const PER_ADDRESS = 300;

/** IPv6 hosts have a whole /64 to themselves, so that counts as one address. */
const addressKey = (ip: string): string =>
  isIP(ip) === 6 && !ip.startsWith('::ffff:') ? ip.split(':').slice(0, 4).join(':') : ip;

/** E-mail address and password. Unknown and known accounts are told apart by nothing. */
@Injectable()
export class PasswordLogin implements LoginMethod {
  static readonly methodName = 'password';
  readonly name = PasswordLogin.methodName;

  constructor(
    private readonly users: UserStore,
    private readonly throttles: ThrottleStore,
    private readonly hashing: PasswordHashing,
  ) {}

  async authenticate(http: FastifyRequest, form: FormParameters): Promise<LoginOutcome> {
    const username = single(form, 'username') ?? '';
    const password = single(form, 'password') ?? '';
    if (username === '' || password === '' || username.length > 320) return { outcome: 'refused' };
    const account = `login:account:${emailKey(username)}`;
    const address = `login:address:${addressKey(http.ip)}`;
    // Counted before the password is checked, so that parallel guesses can't slip through.
    const attempt = await this.throttles.count(account, WINDOW_SECONDS);
    if (attempt.count > PER_ACCOUNT) return { outcome: 'throttled', retryAfterSeconds: attempt.retryAfterSeconds };
    const credential = await this.users.findByEmail(username);
    if (!(await this.hashing.verify(credential?.passwordHash, password)) || credential === undefined) {
      const failures = await this.throttles.count(address, WINDOW_SECONDS);
      return failures.count > PER_ADDRESS
        ? { outcome: 'throttled', retryAfterSeconds: failures.retryAfterSeconds }
        : { outcome: 'refused' };
    }
    await this.throttles.clear(account);
    return {
      outcome: 'authenticated',
      authentication: { userId: credential.user.userId, amr: ['pwd'], acr: ACR_VALUES[0] as string },
    };
  }
}
