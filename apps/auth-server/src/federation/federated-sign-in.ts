import { Injectable } from '@nestjs/common';
import { AuditStore, FederatedIdentityStore, UserStore } from '@tandem/persistence';
import type { FederatedIdentity, FederatedUser } from '@tandem/persistence';

/** Who an identity belongs to, or what has to happen before it belongs to anybody. */
export type FederatedOutcome =
  | { readonly outcome: 'known'; readonly userId: string }
  /** The same verified address is this user's: only they can say that both are one. */
  | { readonly outcome: 'link'; readonly userId: string }
  | { readonly outcome: 'refused'; readonly reason: 'disabled' | 'unknown' };

/** From an identity that somebody has proven elsewhere to a user here. */
@Injectable()
export class FederatedSignIn {
  constructor(
    private readonly identities: FederatedIdentityStore,
    private readonly users: UserStore,
    private readonly audit: AuditStore,
  ) {}

  async settle(
    identity: FederatedIdentity,
    describe: () => FederatedUser | Promise<FederatedUser>,
    { signUp }: { readonly signUp: boolean },
  ): Promise<FederatedOutcome> {
    const known = await this.find(identity);
    if (known !== undefined) return known;
    const described = await describe();
    // An address that the provider does not answer for leads nowhere: anybody could have typed it there.
    const holder = described.emailVerified ? await this.users.findByEmail(described.email) : undefined;
    // Asked again, since another first sign-in by this very identity may have made the holder meanwhile.
    if (holder?.user.emailVerified === true)
      return (await this.find(identity)) ?? { outcome: 'link', userId: holder.user.userId };
    if (!signUp) return { outcome: 'refused', reason: 'unknown' };
    // Here it is held by somebody who never showed that it is theirs. Neither gets the other's account.
    return this.signUp(identity, holder === undefined ? described : { ...described, emailVerified: false });
  }

  private async find(identity: FederatedIdentity): Promise<FederatedOutcome | undefined> {
    const user = await this.identities.use(identity);
    if (user === 'disabled') return { outcome: 'refused', reason: 'disabled' };
    return user === undefined ? undefined : { outcome: 'known', userId: user.userId };
  }

  private async signUp(identity: FederatedIdentity, described: FederatedUser): Promise<FederatedOutcome> {
    const userId = await this.identities.add(identity, described);
    if (userId === undefined) {
      // The address was taken meanwhile, or belongs to somebody who is disabled.
      const holder = await this.users.findByEmail(described.email);
      if (holder === undefined) return { outcome: 'refused', reason: 'disabled' };
      if (holder.user.emailVerified) return { outcome: 'link', userId: holder.user.userId };
      return this.signUp(identity, { ...described, emailVerified: false });
    }
    await this.audit.write([{ type: 'user.signed_up', userId, detail: { connection: identity.connection } }]);
    return { outcome: 'known', userId };
  }
}
