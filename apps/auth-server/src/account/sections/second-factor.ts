import { Injectable } from '@nestjs/common';
import { RecoveryCodeStore, TotpStore } from '@tandem/persistence';
import { instantIn } from '../../messages/index.js';
import { SecondFactorEnrolment } from '../../interaction/second-factors/enrolment.js';
import type { SetUp } from '../../interaction/second-factors/enrolment.js';
import { SecondFactors } from '../../interaction/second-factors/second-factors.js';
import type { AccountChange, AccountContext, AccountOutcome, AccountPart, AccountSection } from '../account-section.js';

const REFUSED: AccountOutcome = { problem: 'factor.refused' };

/** The authenticator app and the recovery codes: set up with a first code, changed only with another one. */
@Injectable()
export class SecondFactorSection implements AccountSection {
  readonly actions: AccountSection['actions'] = {
    'second-factor-set-up': {
      fresh: true,
      run: ({ signIn }) => Promise.resolve({ part: setUpPart(this.enrolment.begin(signIn.user)) }),
    },
    'second-factor-confirm': { fresh: true, run: (change) => this.confirm(change) },
    'recovery-codes': { fresh: true, run: (change) => this.withCode(change, () => this.renew(change)) },
    'second-factor-remove': { fresh: true, run: (change) => this.withCode(change, () => this.remove(change)) },
  };

  constructor(
    private readonly secrets: TotpStore,
    private readonly recoveryCodes: RecoveryCodeStore,
    private readonly enrolment: SecondFactorEnrolment,
    private readonly secondFactors: SecondFactors,
  ) {}

  async part({ signIn, language }: AccountContext): Promise<AccountPart | undefined> {
    if (!this.secondFactors.offered) return undefined;
    const { userId } = signIn.user;
    const [since, left] = await Promise.all([this.secrets.enrolledAt(userId), this.recoveryCodes.left(userId)]);
    const model = since === undefined ? { on: false } : { on: true, since: instantIn(language, since), left };
    return { view: 'second-factor', model };
  }

  private async confirm({ signIn, form, language }: AccountChange): Promise<AccountOutcome> {
    if (!this.secondFactors.offered) return REFUSED;
    const enrolment = await this.enrolment.confirm(signIn.user, form, language);
    return enrolment.outcome === 'enrolled'
      ? { audit: 'second_factor.enrolled', part: codesPart(enrolment.recoveryCodes) }
      : { ...REFUSED, part: setUpPart(enrolment.setUp, REFUSED.problem) };
  }

  private async renew({ signIn, language }: AccountChange): Promise<AccountOutcome> {
    const codes = await this.enrolment.renewRecoveryCodes(signIn.user, language);
    return codes === undefined ? REFUSED : { audit: 'recovery_codes.renewed', part: codesPart(codes) };
  }

  private async remove({ signIn, language }: AccountChange): Promise<AccountOutcome> {
    return (await this.enrolment.remove(signIn.user, language))
      ? { audit: 'second_factor.removed', notice: 'account.second-factor-removed' }
      : REFUSED;
  }

  /** Six digits are the app's, everything else is a recovery code: whoever changes it must have either. */
  private async withCode(
    { http, signIn, form }: AccountChange,
    work: () => Promise<AccountOutcome>,
  ): Promise<AccountOutcome> {
    const code = form.get('code') ?? [];
    const method = /^[\d\s]*$/.test(code[0] ?? '') ? 'totp' : 'recovery-code';
    const proven = await this.secondFactors.verify(http, signIn.user, new Map([...form, ['method', [method]]]));
    if (proven.outcome === 'throttled') return { retryAfterSeconds: proven.retryAfterSeconds };
    return proven.outcome === 'proven' ? work() : REFUSED;
  }
}

const setUpPart = (setUp: SetUp, problem?: AccountOutcome['problem']): AccountPart => ({
  view: 'second-factor-set-up',
  model: { ...setUp, problem },
});
const codesPart = (codes: readonly string[]): AccountPart => ({ view: 'recovery-codes', model: { codes } });
