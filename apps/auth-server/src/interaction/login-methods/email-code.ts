import { Injectable } from '@nestjs/common';
import { emailKey, InteractionStore, UserStore } from '@tandem/persistence';
import { single } from '../../http/form-parameters.js';
import { readEmailAddress } from '../../mail/email-address.js';
import { MailThrottle } from '../../mail/mail-throttle.js';
import { Mailer } from '../../mail/mailer.js';
import { nameInMail } from '../client-presentation.js';
import { LoginThrottle } from '../login-throttle.js';
import { Proofs } from '../proofs.js';
import type { LoginAttempt, LoginContext, LoginMethod, LoginOutcome, LoginPart } from './login-method.js';

const LIFETIME_SECONDS = 600;

/** Waits for the code that was sent, or would have been, to an address. */
interface Waiting {
  readonly email: string;
}

/**
 * A six-digit code by mail. An address that nobody has gets the same page after the same work; its mail is written and
 * sealed like any other, to nobody.
 */
@Injectable()
export class EmailCodeLogin implements LoginMethod {
  static readonly methodName = 'email-code';
  readonly name = EmailCodeLogin.methodName;

  constructor(
    private readonly users: UserStore,
    private readonly interactions: InteractionStore,
    private readonly proofs: Proofs,
    private readonly throttle: LoginThrottle,
    private readonly mailThrottle: MailThrottle,
    private readonly mailer: Mailer,
  ) {}

  part(context: LoginContext): LoginPart {
    const waiting = this.waitingOf(context);
    return waiting === undefined
      ? { view: 'email-code', fold: { key: 'email.sign-in' } }
      : { view: 'email-code-typed', alone: true, model: { email: waiting.email } };
  }

  async authenticate(attempt: LoginAttempt): Promise<LoginOutcome> {
    const waiting = this.waitingOf(attempt);
    const typed = single(attempt.form, 'code');
    if (waiting !== undefined && single(attempt.form, 'resend') !== undefined) return this.send(attempt, waiting.email);
    if (typed !== undefined)
      return waiting === undefined ? { outcome: 'asks' } : this.check(attempt, waiting.email, typed);
    const email = readEmailAddress(single(attempt.form, 'username') ?? '');
    return email === undefined ? { outcome: 'refused', problem: 'email.invalid' } : this.send(attempt, email);
  }

  private async send({ http, interaction, client, language }: LoginAttempt, email: string): Promise<LoginOutcome> {
    const full = await this.mailThrottle.ask(http, email);
    if (full !== undefined) return full;
    const user = (await this.users.findByEmail(email))?.user;
    const code = await this.proofs.code(interaction.interactionId, {
      ...{ purpose: this.name, email, lifetimeSeconds: LIFETIME_SECONDS },
      ...(user === undefined ? {} : { userId: user.userId }),
    });
    await this.interactions.keepLoginState(interaction.interactionId, this.name, { email } satisfies Waiting);
    await this.mailer.send(user?.email, language, {
      subject: 'mail.code.subject',
      text: 'mail.code.text',
      values: { code, client: nameInMail(client), minutes: LIFETIME_SECONDS / 60 },
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    return { outcome: 'asks' };
  }

  private async check({ http, interaction }: LoginAttempt, email: string, typed: string): Promise<LoginOutcome> {
    const account = emailKey(email);
    // The counters of the password: guesses by one way to sign in count for all of them.
    const full = await this.throttle.attempt(account);
    if (full !== undefined) return full;
    const proof = await this.proofs.takeCode(interaction.interactionId, this.name, typed);
    const user = proof?.userId === undefined ? undefined : await this.users.find(proof.userId);
    // The address may have changed since the code was sent to it.
    if (proof === undefined || user === undefined || user.emailKey !== emailKey(proof.email ?? ''))
      return (await this.throttle.failed(http)) ?? { outcome: 'refused', problem: 'email.wrong-code' };
    await this.users.verifyEmail(user.userId, user.email);
    return { outcome: 'authenticated', authentication: { userId: user.userId, amr: ['otp'] } };
  }

  private waitingOf({ interaction }: LoginContext): Waiting | undefined {
    return interaction.loginState[this.name] as Waiting | undefined;
  }
}
