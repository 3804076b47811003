import { Injectable } from '@nestjs/common';
import { AuditStore, FederatedIdentityStore, InteractionStore } from '@tandem/persistence';
import type { FederatedIdentity, SignIn } from '@tandem/persistence';
import type { Interaction } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { ACCOUNT_CLIENT_ID, accountClient } from '../../built-in.js';
import { Issuer } from '../../endpoints.js';
import { seeOther } from '../../http/answer.js';
import type { Answer } from '../../http/answer.js';
import { languageFor } from '../../messages/index.js';
import type { Language, MessageKey } from '../../messages/index.js';
import { Pages } from '../../pages/pages.js';
import { BrowserSessions } from '../../session/browser-sessions.js';
import { Interactions } from '../interactions.js';

const KEPT_AS = 'connect';

/** The sign-in that wants one more way to sign in. */
interface Meant {
  readonly sid: string;
}

/** From the account page to another provider and back, to use its account for signing in from now on. */
@Injectable()
export class ConnectingIdentities {
  constructor(
    private readonly interactions: Interactions,
    private readonly interactionStore: InteractionStore,
    private readonly identities: FederatedIdentityStore,
    private readonly sessions: BrowserSessions,
    private readonly audit: AuditStore,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
  ) {}

  /** Where a link on the account page leads; undefined when the browser has lost its cookie. */
  async begin(http: FastifyRequest, { session }: SignIn, connection: string): Promise<string | undefined> {
    const client = accountClient(this.issuer.identifier);
    const parameters = { clientId: ACCOUNT_CLIENT_ID, resource: [], repeated: [] };
    const { interactionId, isNewBrowser } = await this.interactions.open(http, { client, parameters });
    if (isNewBrowser) return undefined;
    await this.interactionStore.keepLoginState(interactionId, KEPT_AS, { sid: session.sid } satisfies Meant);
    return this.interactions.connectionUrl(interactionId, connection);
  }

  isMeant({ loginState }: Interaction): boolean {
    return loginState[KEPT_AS] !== undefined;
  }

  /** The identity is proven; it goes to the user who asked for it, if that one is still signed in here. */
  async connect(http: FastifyRequest, interaction: Interaction, identity: FederatedIdentity): Promise<Answer> {
    await this.interactionStore.end(interaction.interactionId);
    const signIn = await this.sessions.find(http, ACCOUNT_CLIENT_ID);
    const { sid } = interaction.loginState[KEPT_AS] as Meant;
    if (signIn === undefined || signIn.session.sid !== sid)
      return this.problem(400, 'upstream.stale', languageFor(http));
    const { userId } = signIn.user;
    const linked = await this.identities.link(identity, userId);
    const detail = { connection: identity.connection };
    await this.audit.write([{ type: linked ? 'connection.linked' : 'connection.taken', userId, detail }]);
    return linked ? seeOther(this.issuer.url('account')) : this.problem(409, 'connections.taken', languageFor(http));
  }

  problem(status: number, problem: MessageKey, language: Language): Answer {
    return this.pages.render(
      status,
      'connection-problem',
      { problem, account: this.issuer.url('account') },
      { language },
    );
  }
}
