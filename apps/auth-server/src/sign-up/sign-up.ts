import { Injectable } from '@nestjs/common';
import { AuditStore, emailKey, InteractionStore, UserStore } from '@tandem/persistence';
import type { FormParameters } from '@tandem/protocol';
import { shortText } from '@tandem/protocol';
import { Issuer } from '../endpoints.js';
import { single } from '../http/form-parameters.js';
import { nameInMail } from '../interaction/client-presentation.js';
import type { LoginContext } from '../interaction/login-methods/login-method.js';
import { PasswordHashing } from '../interaction/login-methods/password-hashing.js';
import { LoginPage } from '../interaction/login-page.js';
import { LoginThrottle } from '../interaction/login-throttle.js';
import { Proofs } from '../interaction/proofs.js';
import { readEmailAddress } from '../mail/email-address.js';
import { MailThrottle } from '../mail/mail-throttle.js';
import { Mailer } from '../mail/mailer.js';
import type { MessageKey } from '../messages/index.js';
import { PasswordRules } from '../passwords/password-rules.js';

export const SIGN_UP = 'sign-up';
const LIFETIME_SECONDS = 1_800;

/** An account that is wished for; there is none before its address is proven. */
export interface WishedAccount {
  readonly email: string;
  readonly name?: string;
  readonly passwordHash?: string;
}

/** What became of a step: the page says why not, asks for the code, the account is there, or the address has one already. */
export type SignUpOutcome =
  | { readonly outcome: 'refused'; readonly problem: MessageKey }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number }
  | { readonly outcome: 'asks' }
  | { readonly outcome: 'added'; readonly userId: string }
  | { readonly outcome: 'taken' };

/**
 * Makes accounts for people. Whether an address has one already is told to nobody but its mailbox: page, status and work
 * are the same. What is wished for waits with the proof that was sent, so nothing half-made is left behind.
 */
@Injectable()
export class SignUp {
  constructor(
    private readonly users: UserStore,
    private readonly interactions: InteractionStore,
    private readonly proofs: Proofs,
    private readonly loginPage: LoginPage,
    private readonly rules: PasswordRules,
    private readonly hashing: PasswordHashing,
    private readonly throttle: LoginThrottle,
    private readonly mailThrottle: MailThrottle,
    private readonly mailer: Mailer,
    private readonly audit: AuditStore,
    private readonly issuer: Issuer,
  ) {}

  /** Whether people choose a password here. */
  wantsPassword({ client }: LoginContext): boolean {
    return this.loginPage.methodsFor(client).some(({ name }) => name === 'password');
  }

  /** What this sign-in is waiting for a code for. */
  wishedIn({ interaction }: LoginContext): WishedAccount | undefined {
    return interaction.loginState[SIGN_UP] as WishedAccount | undefined;
  }

  async begin(context: LoginContext, form: FormParameters): Promise<SignUpOutcome> {
    const email = readEmailAddress(single(form, 'email') ?? '');
    const name = single(form, 'name')?.trim();
    const password = single(form, 'password') ?? '';
    if (email === undefined) return refused('email.invalid');
    if (name !== undefined && name !== '' && !isName(name)) return refused('profile.invalid');
    const wantsPassword = this.wantsPassword(context);
    const problem = wantsPassword ? await this.rules.problemOf(password, email) : undefined;
    if (problem !== undefined) return refused(problem);
    const full = await this.mailThrottle.ask(context.http, email);
    if (full !== undefined) return full;
    return this.send(context, {
      email,
      ...(name === undefined || name === '' ? {} : { name }),
      ...(wantsPassword ? { passwordHash: await this.hashing.hash(password) } : {}),
    });
  }

  async resend(context: LoginContext, wished: WishedAccount): Promise<SignUpOutcome> {
    return (await this.mailThrottle.ask(context.http, wished.email)) ?? this.send(context, wished);
  }

  /** The code that was typed in the browser where it began. */
  async check({ http, interaction }: LoginContext, { email }: WishedAccount, typed: string): Promise<SignUpOutcome> {
    const full = await this.throttle.attempt(emailKey(email));
    if (full !== undefined) return full;
    const proof = await this.proofs.takeCode(interaction.interactionId, SIGN_UP, typed);
    if (proof === undefined) {
      await this.audit.write([{ type: 'sign_up.code_refused', clientId: interaction.clientId }]);
      return (await this.throttle.failed(http)) ?? refused('email.wrong-code');
    }
    return this.add(proof.detail as unknown as WishedAccount);
  }

  /** Adds the account, whose address is proven. Of two proofs at once one finds the address free. */
  async add({ email, name, passwordHash }: WishedAccount): Promise<SignUpOutcome> {
    const userId = await this.users.add(email, name === undefined ? {} : { name }, passwordHash);
    await this.throttle.succeeded(emailKey(email));
    if (userId === undefined) return { outcome: 'taken' };
    await this.audit.write([{ type: 'user.signed_up', userId }]);
    return { outcome: 'added', userId };
  }

  private async send({ interaction, client, language }: LoginContext, wished: WishedAccount): Promise<SignUpOutcome> {
    const { interactionId } = interaction;
    const { email } = wished;
    const taken = (await this.users.findByEmail(email)) !== undefined;
    const proof = { purpose: SIGN_UP, email, lifetimeSeconds: LIFETIME_SECONDS };
    const code = await this.proofs.code(interactionId, { ...proof, detail: { ...wished } });
    const token = await this.proofs.link({ ...proof, detail: { ...wished, interactionId } });
    await this.interactions.keepLoginState(interactionId, SIGN_UP, wished);
    await this.audit.write([{ type: 'sign_up.asked', clientId: client.clientId }]);
    const link = `${this.issuer.url('signUp')}/confirm?token=${token}`;
    await this.mailer.send(email, language, {
      subject: taken ? 'mail.taken.subject' : 'mail.sign-up.subject',
      text: taken ? 'mail.taken.text' : 'mail.sign-up.text',
      values: { code, link, email, minutes: LIFETIME_SECONDS / 60, client: nameInMail(client) },
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    return { outcome: 'asks' };
  }
}

const refused = (problem: MessageKey): SignUpOutcome => ({ outcome: 'refused', problem });
const isName = (name: string): boolean => shortText(100)(name, '', () => undefined) !== undefined;
