import { Injectable } from '@nestjs/common';
import { AuditStore, FederatedIdentityStore, InteractionStore } from '@tandem/persistence';
import type { FederatedIdentity } from '@tandem/persistence';
import { PENDING_LINK } from '@tandem/protocol';
import type { Interaction } from '@tandem/protocol';

/** An identity that was proven elsewhere and waits for the user whose address it names to sign in here. */
export interface PendingLink extends FederatedIdentity {
  readonly userId: string;
  /** What the page calls the provider. */
  readonly displayName: string;
}

/** Two accounts become one only when the user has proven both within one sign-in: a common address is no proof. */
@Injectable()
export class IdentityLinking {
  constructor(
    private readonly interactions: InteractionStore,
    private readonly identities: FederatedIdentityStore,
    private readonly audit: AuditStore,
  ) {}

  /** The page asks the user to sign in as they did before. */
  async ask({ interactionId }: Interaction, link: PendingLink): Promise<void> {
    await this.interactions.keepLoginState(interactionId, PENDING_LINK, link);
  }

  pendingOf({ loginState }: Interaction): PendingLink | undefined {
    return loginState[PENDING_LINK] as PendingLink | undefined;
  }

  /** Somebody has signed in fully: if it is the user who was asked, the identity is theirs from now on. */
  async finish({ interactionId, clientId, loginState }: Interaction, userId: string): Promise<void> {
    if (loginState[PENDING_LINK] === undefined) return;
    const link = (await this.interactions.takeLoginState(interactionId, PENDING_LINK)) as PendingLink | undefined;
    if (link === undefined || link.userId !== userId) return;
    if (!(await this.identities.link({ connection: link.connection, subject: link.subject }, userId))) return;
    await this.audit.write([{ type: 'connection.linked', userId, clientId, detail: { connection: link.connection } }]);
  }
}
