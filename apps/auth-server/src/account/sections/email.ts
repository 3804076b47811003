import { Injectable } from '@nestjs/common';
import { emailKey, mailboxOf, UserStore } from '@tandem/persistence';
import { required, single } from '../../http/form-parameters.js';
import { Proofs } from '../../interaction/proofs.js';
import { readEmailAddress } from '../../mail/email-address.js';
import { MailThrottle } from '../../mail/mail-throttle.js';
import { Mailer } from '../../mail/mailer.js';
import { PASSWORD_RESET } from '../../passwords/password-change.js';
import type { AccountChange, AccountContext, AccountOutcome, AccountPart, AccountSection } from '../account-section.js';

const PURPOSE = 'email-change';
const LIFETIME_SECONDS = 600;

/**
 * The user's address: a new one counts once the code that was sent to it is typed, and the old one is told. Whether the new
 * one has an account of its own is told to nobody but its mailbox.
 */
@Injectable()
export class EmailSection implements AccountSection {
  readonly actions: AccountSection['actions'] = {
    'email-verify': { run: (change) => this.send(change, change.signIn.user.email) },
    'email-change': { fresh: true, run: (change) => this.send(change, single(change.form, 'email') ?? '') },
    'email-confirm': { run: (change) => this.confirm(change) },
  };

  constructor(
    private readonly users: UserStore,
    private readonly proofs: Proofs,
    private readonly mailThrottle: MailThrottle,
    private readonly mailer: Mailer,
  ) {}

  part({ signIn }: AccountContext): Promise<AccountPart | undefined> {
    const { email, emailVerified } = signIn.user;
    return Promise.resolve(
      this.mailer.reachesPeople ? { view: 'email', model: { address: email, verified: emailVerified } } : undefined,
    );
  }

  private async send({ http, signIn, language }: AccountChange, typed: string): Promise<AccountOutcome> {
    if (!this.mailer.reachesPeople) return {};
    const email = readEmailAddress(typed);
    if (email === undefined) return { problem: 'email.invalid' };
    const full = await this.mailThrottle.ask(http, email);
    if (full !== undefined) return { problem: 'login.throttled', retryAfterSeconds: full.retryAfterSeconds };
    const { session, user } = signIn;
    const owner = (await this.users.findByEmail(email))?.user.userId;
    const taken = owner !== undefined && owner !== user.userId;
    const code = await this.proofs.code(session.sid, {
      ...{ purpose: PURPOSE, userId: user.userId, email, lifetimeSeconds: LIFETIME_SECONDS },
    });
    await this.mailer.send(email, language, {
      subject: taken ? 'mail.email-taken.subject' : 'mail.email-code.subject',
      text: taken ? 'mail.email-taken.text' : 'mail.email-code.text',
      values: { code, email, minutes: LIFETIME_SECONDS / 60 },
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    return { audit: 'email_change.asked', part: codePart(email) };
  }

  private async confirm({ signIn, form, language }: AccountChange): Promise<AccountOutcome> {
    const { session, user } = signIn;
    const proof = await this.proofs.takeCode(session.sid, PURPOSE, single(form, 'code') ?? '');
    const { email } = proof ?? {};
    const again = readEmailAddress(required(form, 'email')) ?? '';
    if (email === undefined || proof?.userId !== user.userId)
      return { problem: 'email.wrong-code', part: codePart(again) };
    // Somebody may have got an account for it since the code was sent.
    if (!(await this.users.changeEmail(user.userId, email)))
      return { problem: 'email.wrong-code', part: codePart(again) };
    await this.proofs.void(user.userId, PASSWORD_RESET);
    if (emailKey(email) === user.emailKey) return { audit: 'user.email_verified', notice: 'email.confirmed' };
    await this.mailer.send(mailboxOf(user), language, {
      subject: 'mail.email-changed.subject',
      text: 'mail.email-changed.text',
      values: { email: user.email, address: email },
    });
    return { audit: 'user.email_changed', notice: 'email.confirmed' };
  }
}

const codePart = (address: string): AccountPart => ({ view: 'email-code', model: { address } });
