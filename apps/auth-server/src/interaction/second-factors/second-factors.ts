import { Inject, Injectable } from '@nestjs/common';
import { AuditStore } from '@tandem/persistence';
import { acrOf, SECOND_FACTOR_AMR } from '@tandem/protocol';
import type { FormParameters, User } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import type { DeclaredConfiguration } from '../../declared-configuration/declared-configuration.js';
import { single } from '../../http/form-parameters.js';
import { DECLARED } from '../../tokens.js';
import { LoginThrottle } from '../login-throttle.js';
import type { Throttled } from '../login-throttle.js';
import type { SecondFactor } from './second-factor.js';

/** Injection token of the installed second factors. */
export const INSTALLED_SECOND_FACTORS = Symbol('SecondFactors');

/** What becomes of an attempt to prove a second factor. */
export type SecondFactorOutcome =
  | { readonly outcome: 'proven'; readonly factor: string; readonly amr: readonly string[] }
  | { readonly outcome: 'refused' }
  | Throttled;

/** The second factors of users: which there are, and whether one is proven. */
@Injectable()
export class SecondFactors {
  constructor(
    @Inject(INSTALLED_SECOND_FACTORS) private readonly installed: readonly SecondFactor[],
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
    private readonly throttle: LoginThrottle,
    private readonly audit: AuditStore,
  ) {}

  /** Whether users may have one here. */
  get offered(): boolean {
    return this.declared.login.secondFactor !== 'off';
  }

  /** The class that the operator demands of every sign-in. */
  get acrRequired(): string | undefined {
    return this.declared.login.secondFactor === 'required' ? acrOf(SECOND_FACTOR_AMR) : undefined;
  }

  /** Those that a user can be asked for. */
  async enrolled(userId: string): Promise<readonly SecondFactor[]> {
    if (!this.offered) return [];
    const among = async (factors: readonly SecondFactor[]): Promise<readonly SecondFactor[]> => {
      const enrolled = await Promise.all(factors.map((factor) => factor.enrolled(userId)));
      return factors.filter((_, index) => enrolled[index]);
    };
    const found = await among(this.installed.filter(({ standsIn }) => standsIn !== true));
    return found.length === 0 ? [] : [...found, ...(await among(this.installed.filter(({ standsIn }) => standsIn)))];
  }

  /**
   * Looks at a form's `method` and `code`. Attempts count with those at the password, before anything is checked; a right
   * one clears nothing, since only a full sign-in does.
   */
  async verify(http: FastifyRequest, user: User, form: FormParameters): Promise<SecondFactorOutcome> {
    const { userId, emailKey } = user;
    const full = await this.throttle.attempt(emailKey);
    if (full !== undefined) return this.told(full, userId);
    const name = single(form, 'method');
    const factor = (await this.enrolled(userId)).find((candidate) => candidate.name === name);
    if (factor === undefined || !(await factor.verify(user, form)))
      return this.told((await this.throttle.failed(http)) ?? { outcome: 'refused' }, userId);
    return { outcome: 'proven', factor: factor.name, amr: [...factor.amr, 'mfa'] };
  }

  private async told<Outcome extends SecondFactorOutcome>(outcome: Outcome, userId: string): Promise<Outcome> {
    await this.audit.write([{ type: `second_factor.${outcome.outcome}`, userId }]);
    return outcome;
  }
}
