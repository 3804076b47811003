import { Injectable, Logger } from '@nestjs/common';
import { Directory, DirectoryUnavailable } from '../../federation/directory.js';
import { single } from '../../http/form-parameters.js';
import { FederatedLogin } from '../federated/federated-login.js';
import { LoginThrottle } from '../login-throttle.js';
import type { LoginAttempt, LoginMethod, LoginOutcome, LoginPart } from './login-method.js';

const LONGEST_NAME = 256;
const LONGEST_PASSWORD_BYTES = 512;

/** Name and password of the operator's directory, checked by a bind as the user's own entry. */
@Injectable()
export class LdapLogin implements LoginMethod {
  static readonly methodName = 'ldap';
  readonly name = LdapLogin.methodName;
  private readonly log = new Logger('ldap');

  constructor(
    private readonly directory: Directory,
    private readonly throttle: LoginThrottle,
    private readonly federated: FederatedLogin,
  ) {}

  part(): LoginPart {
    const name = this.directory.settings.displayName;
    return { view: 'ldap', model: { directory: name }, fold: { key: 'ldap.submit', values: { name } } };
  }

  async authenticate({ http, interaction, form }: LoginAttempt): Promise<LoginOutcome> {
    const username = (single(form, 'username') ?? '').normalize('NFKC').trim();
    const password = single(form, 'password') ?? '';
    const isSent = username !== '' && password !== '' && username.length <= LONGEST_NAME;
    if (!isSent || Buffer.byteLength(password) > LONGEST_PASSWORD_BYTES)
      return { outcome: 'refused', problem: 'ldap.refused' };
    const account = `ldap:${username.toLowerCase()}`;
    // Counted before the directory is asked, so that parallel guesses can't slip through.
    const full = await this.throttle.attempt(account);
    if (full !== undefined) return full;
    try {
      const found = await this.directory.authenticate(username, password);
      if (found === undefined)
        return (await this.throttle.failed(http)) ?? { outcome: 'refused', problem: 'ldap.refused' };
      await this.throttle.succeeded(account);
      const identity = { connection: this.name, subject: found.subject };
      const proven = { amr: ['pwd'], describe: () => found.user };
      return await this.federated.outcomeOf(interaction, identity, this.directory.settings, proven);
    } catch (error) {
      if (!(error instanceof DirectoryUnavailable)) throw error;
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      this.log.warn({ reason: error.message, cause }, 'directory unavailable');
      return { outcome: 'unavailable', problem: 'ldap.unavailable' };
    }
  }
}
