import { Injectable } from '@nestjs/common';
import { TotpStore } from '@tandem/persistence';
import type { FormParameters, User } from '@tandem/protocol';
import { single } from '../../http/form-parameters.js';
import type { SecondFactor, SecondFactorPart } from './second-factor.js';
import { TotpCodes } from './totp-codes.js';

/** The code that an authenticator app shows (RFC 6238). Each counts once. */
@Injectable()
export class TotpFactor implements SecondFactor {
  readonly name = 'totp';
  readonly amr = ['otp'];

  constructor(
    private readonly store: TotpStore,
    private readonly codes: TotpCodes,
  ) {}

  async enrolled(userId: string): Promise<boolean> {
    return (await this.store.find(userId)) !== undefined;
  }

  part(): SecondFactorPart {
    return { view: 'totp' };
  }

  async verify({ userId }: User, form: FormParameters): Promise<boolean> {
    const sealed = await this.store.find(userId);
    if (sealed === undefined) return false;
    const step = this.codes.stepOf(this.codes.open(userId, sealed), single(form, 'code') ?? '');
    // RFC 6238 §5.2: a code is refused once it was used, and so are those before it.
    return step !== undefined && this.store.useStep(userId, sealed, step);
  }
}
