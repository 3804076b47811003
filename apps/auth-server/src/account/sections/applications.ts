import { Injectable } from '@nestjs/common';
import { required } from '../../http/form-parameters.js';
import { instantIn } from '../../messages/index.js';
import type { AccountContext, AccountPart, AccountSection } from '../account-section.js';
import { ConnectedApplications } from './connected-applications.js';

/** What the user has allowed applications, and how to take it back. */
@Injectable()
export class ApplicationsSection implements AccountSection {
  readonly actions: AccountSection['actions'] = {
    withdraw: {
      run: async ({ signIn, form }) => {
        await this.applications.withdraw(signIn.user.userId, required(form, 'client_id'), required(form, 'scope'));
        return { audit: 'grant.scope_withdrawn' };
      },
    },
    disconnect: {
      run: async ({ signIn, form }) => {
        await this.applications.disconnect(signIn.user.userId, required(form, 'client_id'));
        return { audit: 'application.disconnected' };
      },
    },
  };

  constructor(private readonly applications: ConnectedApplications) {}

  async part({ signIn, language }: AccountContext): Promise<AccountPart> {
    const applications = await this.applications.of(signIn.user.userId, language);
    return {
      view: 'applications',
      model: {
        applications: applications.map((application) => ({
          ...application,
          since: instantIn(language, application.since),
          lastUsed: instantIn(language, application.lastUsed),
        })),
      },
    };
  }
}
