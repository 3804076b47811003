import { Injectable } from '@nestjs/common';
import { mailboxOf, RecoveryCodeStore, TotpStore } from '@tandem/persistence';
import type { FormParameters, User } from '@tandem/protocol';
import { renderSVG } from 'uqr';
import { single } from '../../http/form-parameters.js';
import { Mailer } from '../../mail/mailer.js';
import type { Mail } from '../../mail/mailer.js';
import type { Language } from '../../messages/index.js';
import { RecoveryCodes } from './recovery-codes.js';
import { TotpCodes } from './totp-codes.js';
import type { TotpKey } from './totp-codes.js';

/** What a page shows to set up an authenticator app. The form brings `proposal` back. */
export interface SetUp extends TotpKey {
  readonly proposal: string;
  /** The picture to scan, as SVG. */
  readonly picture: string;
}

/** What becomes of the first code of an app. */
export type Enrolment =
  | { readonly outcome: 'enrolled'; readonly recoveryCodes: readonly string[] }
  /** Not this code; the same secret is shown again, or a new one when it counts no more. */
  | { readonly outcome: 'refused'; readonly setUp: SetUp };

/** Sets up and takes down a user's second factor; each change is told to the user by mail. */
@Injectable()
export class SecondFactorEnrolment {
  constructor(
    private readonly store: TotpStore,
    private readonly recoveryStore: RecoveryCodeStore,
    private readonly codes: TotpCodes,
    private readonly recoveryCodes: RecoveryCodes,
    private readonly mailer: Mailer,
  ) {}

  begin(user: User): SetUp {
    const proposal = this.codes.propose(user.userId);
    return this.setUpOf(user, proposal, this.codes.proposed(user.userId, proposal) as Buffer);
  }

  /** The form of `begin` with the app's first code. Until then nothing is kept; with it, everything at once. */
  async confirm(user: User, form: FormParameters, language: Language): Promise<Enrolment> {
    const { userId } = user;
    const proposal = single(form, 'proposal') ?? '';
    const secret = this.codes.proposed(userId, proposal);
    if (secret === undefined) return { outcome: 'refused', setUp: this.begin(user) };
    const step = this.codes.stepOf(secret, single(form, 'code') ?? '');
    const recoveryCodes = this.recoveryCodes.make();
    if (step === undefined || !(await this.store.enrol(userId, ...this.kept(userId, secret, step, recoveryCodes))))
      return { outcome: 'refused', setUp: this.setUpOf(user, proposal, secret) };
    await this.tell(user, language, { subject: 'factor.mail-on', text: 'factor.mail-on-text' });
    return { outcome: 'enrolled', recoveryCodes };
  }

  /** New recovery codes instead of all former ones; undefined when there is no second factor. */
  async renewRecoveryCodes(user: User, language: Language): Promise<readonly string[] | undefined> {
    const recoveryCodes = this.recoveryCodes.make();
    if (!(await this.recoveryStore.replace(user.userId, this.hashes(user.userId, recoveryCodes)))) return undefined;
    await this.tell(user, language, { subject: 'factor.mail-codes', text: 'factor.mail-codes-text' });
    return recoveryCodes;
  }

  /** Removes the app and the recovery codes; false when there were none. */
  async remove(user: User, language: Language): Promise<boolean> {
    const removed = await this.store.remove(user.userId);
    if (removed) await this.tell(user, language, { subject: 'factor.mail-off', text: 'factor.mail-off-text' });
    return removed;
  }

  private setUpOf({ email }: User, proposal: string, secret: Buffer): SetUp {
    const key = this.codes.keyOf(email, secret);
    return { ...key, proposal, picture: renderSVG(key.uri, { border: 2 }) };
  }

  private kept(
    userId: string,
    secret: Buffer,
    step: number,
    recoveryCodes: readonly string[],
  ): readonly [Buffer, number, readonly Buffer[]] {
    return [this.codes.seal(userId, secret), step, this.hashes(userId, recoveryCodes)];
  }

  private hashes(userId: string, recoveryCodes: readonly string[]): readonly Buffer[] {
    return recoveryCodes.map((code) => this.recoveryCodes.hash(userId, code));
  }

  private tell(user: User, language: Language, mail: Mail): Promise<void> {
    return this.mailer.send(mailboxOf(user), language, { ...mail, values: { email: user.email } });
  }
}
