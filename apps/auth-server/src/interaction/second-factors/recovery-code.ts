import { Injectable } from '@nestjs/common';
import { RecoveryCodeStore } from '@tandem/persistence';
import type { FormParameters, User } from '@tandem/protocol';
import { single } from '../../http/form-parameters.js';
import { RecoveryCodes } from './recovery-codes.js';
import type { SecondFactor, SecondFactorPart } from './second-factor.js';

/** A code from the sheet of paper, for the day when the phone is gone. */
@Injectable()
export class RecoveryCodeFactor implements SecondFactor {
  readonly name = 'recovery-code';
  readonly amr = ['otp'];
  readonly standsIn = true;

  constructor(
    private readonly store: RecoveryCodeStore,
    private readonly codes: RecoveryCodes,
  ) {}

  async enrolled(userId: string): Promise<boolean> {
    return (await this.store.left(userId)) > 0;
  }

  part(): SecondFactorPart {
    return { view: 'recovery-code' };
  }

  async verify({ userId }: User, form: FormParameters): Promise<boolean> {
    const typed = single(form, 'code') ?? '';
    return typed.length <= 40 && this.store.use(userId, this.codes.hash(userId, typed));
  }
}
