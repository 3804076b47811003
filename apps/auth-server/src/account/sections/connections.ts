import { Inject, Injectable } from '@nestjs/common';
import { FederatedIdentityStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { DeclaredConfiguration } from '../../declared-configuration/declared-configuration.js';
import { required } from '../../http/form-parameters.js';
import { ConnectingIdentities } from '../../interaction/federated/connecting-identities.js';
import { instantIn } from '../../messages/index.js';
import { DECLARED } from '../../tokens.js';
import type { AccountChange, AccountContext, AccountOutcome, AccountPart, AccountSection } from '../account-section.js';
import { waysToSignIn } from './ways-to-sign-in.js';

/** Accounts at other providers and in the directory that the user signs in with. */
@Injectable()
export class ConnectionsSection implements AccountSection {
  readonly actions: AccountSection['actions'] = {
    'connect-identity': { fresh: true, run: (change) => this.connect(change) },
    'disconnect-identity': { fresh: true, run: (change) => this.disconnect(change) },
  };

  constructor(
    private readonly identities: FederatedIdentityStore,
    private readonly connecting: ConnectingIdentities,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  async part({ signIn, language }: AccountContext): Promise<AccountPart | undefined> {
    const linked = await this.identities.ofUser(signIn.user.userId);
    const offered = this.offered().filter(({ name }) => linked.every(({ connection }) => connection !== name));
    if (linked.length === 0 && offered.length === 0) return undefined;
    return {
      view: 'connections',
      model: {
        offered,
        identities: linked.map(({ connection, subject, createdAt, lastUsedAt }) => ({
          ...{ connection, subject, name: this.displayNameOf(connection) },
          since: instantIn(language, createdAt),
          ...(lastUsedAt === undefined ? {} : { lastUsed: instantIn(language, lastUsedAt) }),
        })),
      },
    };
  }

  private async connect({ http, signIn, form }: AccountChange): Promise<AccountOutcome> {
    const name = required(form, 'connection');
    const connection = this.offered().find((candidate) => candidate.name === name);
    if (connection === undefined) throw new OAuthError('invalid_request', 'this way to sign in is not offered');
    const href = await this.connecting.begin(http, signIn, name);
    if (href === undefined) return { problem: 'connections.lost' };
    // A page with a link, since a form's redirects would be held against this page's policy.
    return { part: { view: 'connect-onward', model: { name: connection.displayName, href } } };
  }

  private async disconnect({ signIn, form }: AccountChange): Promise<AccountOutcome> {
    const identity = { connection: required(form, 'connection'), subject: required(form, 'subject') };
    const outcome = await this.identities.unlink(identity, signIn.user.userId, waysToSignIn(this.declared));
    if (outcome === 'last') return { problem: 'ways.last' };
    const notice = 'connections.disconnected';
    return outcome === 'removed' ? { audit: 'connection.unlinked', notice } : { notice };
  }

  private offered(): readonly { readonly name: string; readonly displayName: string }[] {
    const { methods, connections } = this.declared.login;
    return methods.includes('upstream') ? connections.map(({ name, displayName }) => ({ name, displayName })) : [];
  }

  private displayNameOf(connection: string): string {
    const { connections, ldap } = this.declared.login;
    if (connection === 'ldap') return ldap?.displayName ?? connection;
    return connections.find(({ name }) => name === connection)?.displayName ?? connection;
  }
}
