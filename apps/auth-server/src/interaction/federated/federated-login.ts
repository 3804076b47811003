import { Injectable } from '@nestjs/common';
import type { FederatedIdentity, FederatedUser } from '@tandem/persistence';
import type { Interaction } from '@tandem/protocol';
import type { FederationSettings } from '../../declared-configuration/declared-configuration.js';
import { FederatedSignIn } from '../../federation/federated-sign-in.js';
import { IdentityLinking } from './identity-linking.js';
import type { LoginOutcome } from '../login-methods/login-method.js';

type Outcome = Extract<LoginOutcome, { outcome: 'authenticated' | 'refused' | 'asks' }>;

/** The last step of every sign-in by an identity from elsewhere, as an outcome of a login method. */
@Injectable()
export class FederatedLogin {
  constructor(
    private readonly signIn: FederatedSignIn,
    private readonly linking: IdentityLinking,
  ) {}

  async outcomeOf(
    interaction: Interaction,
    identity: FederatedIdentity,
    { signUp, displayName }: Pick<FederationSettings, 'signUp' | 'displayName'>,
    {
      amr,
      authTime,
      describe,
    }: {
      readonly amr: readonly string[];
      readonly authTime?: number | undefined;
      readonly describe: () => FederatedUser | Promise<FederatedUser>;
    },
  ): Promise<Outcome> {
    const settled = await this.signIn.settle(identity, describe, { signUp });
    switch (settled.outcome) {
      case 'known': {
        const time = authTime === undefined ? {} : { authTime };
        return { outcome: 'authenticated', authentication: { userId: settled.userId, amr, ...time } };
      }
      case 'link':
        await this.linking.ask(interaction, { ...identity, userId: settled.userId, displayName });
        return { outcome: 'asks' };
      case 'refused':
        return { outcome: 'refused', problem: `federation.${settled.reason}` };
    }
  }
}
