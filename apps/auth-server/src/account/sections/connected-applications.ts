import { Injectable } from '@nestjs/common';
import { ApiStore, ClientStore, GrantStore } from '@tandem/persistence';
import type { GrantSummary } from '@tandem/persistence';
import { ACCOUNT_CLIENT_ID } from '../../built-in.js';
import { presentClient } from '../../interaction/client-presentation.js';
import { wordsOfScope } from '../../interaction/scope-words.js';
import type { Language } from '../../messages/index.js';

/** One thing that an application may do. */
export interface Permission {
  readonly scope: string;
  readonly words: string;
  /** `openid` is what makes it a sign-in: taking it back is disconnecting. */
  readonly withdrawable: boolean;
}

/** An application that a user has let in. Instants are epoch seconds. */
export interface ConnectedApplication {
  readonly clientId: string;
  readonly name: string;
  readonly host: string;
  readonly since: number;
  readonly lastUsed: number;
  readonly permissions: readonly Permission[];
}

/** What a user's applications may do, told by application: several grants to one of them are one entry. */
@Injectable()
export class ConnectedApplications {
  constructor(
    private readonly grants: GrantStore,
    private readonly clients: ClientStore,
    private readonly apis: ApiStore,
  ) {}

  async of(userId: string, language: Language): Promise<readonly ConnectedApplication[]> {
    const byClient = new Map<string, GrantSummary[]>();
    for (const grant of await this.grants.ofUser(userId)) {
      if (grant.clientId === ACCOUNT_CLIENT_ID) continue;
      byClient.set(grant.clientId, [...(byClient.get(grant.clientId) ?? []), grant]);
    }
    const told = await Promise.all([...byClient].map(([clientId, grants]) => this.tell(clientId, grants, language)));
    return told.sort((a, b) => b.lastUsed - a.lastUsed);
  }

  /** Takes one scope out of every grant that the user gave the application. */
  async withdraw(userId: string, clientId: string, scope: string): Promise<void> {
    const grants = await this.grants.ofUser(userId);
    const concerned = grants.filter((grant) => grant.clientId === clientId && grant.scope.includes(scope));
    for (const { grantId } of concerned) await this.grants.withdrawScope(grantId, [scope]);
  }

  disconnect(userId: string, clientId: string): Promise<number> {
    return this.grants.disconnect(userId, clientId);
  }

  private async tell(
    clientId: string,
    grants: readonly GrantSummary[],
    language: Language,
  ): Promise<ConnectedApplication> {
    const client = await this.clients.find(clientId);
    const { name, redirectHost } =
      client === undefined ? { name: clientId, redirectHost: '' } : presentClient(client, undefined, [language.tag]);
    const apis = [...(await this.apis.all()).values()].filter(({ identifier }) =>
      grants.some(({ audience }) => audience.includes(identifier)),
    );
    const scopes = [...new Set(grants.flatMap(({ scope }) => scope))];
    return {
      ...{ clientId, name, host: redirectHost },
      since: Math.min(...grants.map(({ createdAt }) => createdAt)),
      lastUsed: Math.max(...grants.map(({ createdAt, lastUsedAt }) => lastUsedAt ?? createdAt)),
      permissions: scopes.map((scope) => ({
        scope,
        words: wordsOfScope(scope, apis, language),
        withdrawable: scope !== 'openid',
      })),
    };
  }
}
