import { Injectable } from '@nestjs/common';
import { AuditStore, InteractionStore } from '@tandem/persistence';
import type { InteractionWithSignIn } from '@tandem/persistence';
import { acrOf, acrWishesOfPending, meetsDemands, reachesAcr, SECOND_FACTOR_AMR } from '@tandem/protocol';
import type { Interaction, Session } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../clock.js';
import { withHeaders } from '../http/answer.js';
import type { Answer, AnswerHeaders } from '../http/answer.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import type { Authentication, StartedSession } from '../session/browser-sessions.js';
import { IdentityLinking } from './federated/identity-linking.js';
import { Interactions } from './interactions.js';
import type { LoginContext } from './login-methods/login-method.js';
import { LoginPage } from './login-page.js';
import { LoginThrottle } from './login-throttle.js';
import { PasskeyOffer } from './new-passkeys/passkey-offer.js';
import type { HalfSignIn } from './second-factors/second-factor-page.js';
import { SecondFactors } from './second-factors/second-factors.js';

/** A sign-in with both factors: what tells the browser, and where it goes. */
export interface FinishedSignIn {
  readonly headers: AnswerHeaders;
  readonly next: Answer;
}

/**
 * Where every way to sign in ends: the second factor is asked for, or the session starts and the browser is sent to what
 * is next, perhaps the offer of a passkey.
 */
@Injectable()
export class LoginCompletion {
  constructor(
    private readonly interactions: Interactions,
    private readonly interactionStore: InteractionStore,
    private readonly linking: IdentityLinking,
    private readonly sessions: BrowserSessions,
    private readonly audit: AuditStore,
    private readonly throttle: LoginThrottle,
    private readonly secondFactors: SecondFactors,
    private readonly offer: PasskeyOffer,
    private readonly page: LoginPage,
    private readonly clock: Clock,
  ) {}

  async complete(
    http: FastifyRequest,
    interaction: Interaction,
    method: string,
    authentication: Authentication,
  ): Promise<Answer> {
    const context = await this.page.contextOf(http, interaction);
    const lacking = await this.lackingIn(context, authentication);
    if (lacking === 'another-way') return this.page.render(context, { problem: 'login.too-weak' });
    if (lacking === 'second-factor') {
      await this.interactionStore.proven(interaction.interactionId, {
        ...authentication,
        method,
        at: this.clock.now(),
      });
      return this.interactions.pageOf('secondFactor', interaction);
    }
    await this.linking.finish(interaction, authentication.userId);
    const { headers, session } = await this.start(http, authentication);
    const waiting = await this.loggedIn(interaction, session, { method });
    return withHeaders(await this.next(context, session, waiting), headers);
  }

  /** A half sign-in whose second factor is proven. It is as old as its first factor. */
  async finish(half: HalfSignIn, factor: string, amr: readonly string[]): Promise<FinishedSignIn> {
    const { http, interaction, first, method } = half;
    const authentication = { ...first, amr: [...new Set([...first.amr, ...amr])] };
    const { headers, session } = await this.start(http, authentication);
    let waiting: InteractionWithSignIn | undefined;
    if (method === undefined) {
      // No new sign-in: a request that wants a fresh one still does.
      await this.interactionStore.restartLogin(interaction.interactionId);
      const { userId } = session;
      const { clientId } = interaction;
      await this.audit.write([{ type: 'session.stepped_up', userId, clientId, detail: { second_factor: factor } }]);
    } else {
      await this.linking.finish(interaction, authentication.userId);
      waiting = await this.loggedIn(interaction, session, { method, second_factor: factor });
    }
    return { headers, next: await this.next(half, session, waiting) };
  }

  private async next(
    { http, client, interaction }: LoginContext,
    session: Session,
    waiting: InteractionWithSignIn | undefined,
  ): Promise<Answer> {
    if (await this.offer.isDue(http, client, session)) return this.interactions.pageOf('passkeyOffer', interaction);
    if (waiting?.signIn === undefined) return this.interactions.resume(interaction);
    // The request is about whoever has just signed in, so the browser's other accounts don't matter.
    const signIns = [{ ...waiting.signIn, takesPart: true }];
    return this.interactions.goOn(http, { interaction: waiting.interaction, client, signIns });
  }

  /** What a sign-in lacks: users with a second factor are always asked for it, others where the strength is demanded. */
  private async lackingIn(
    { client, interaction }: LoginContext,
    { userId, amr }: Authentication,
  ): Promise<'second-factor' | 'another-way' | undefined> {
    const { acrRequired, offered } = this.secondFactors;
    const { demanded } = acrWishesOfPending(client, interaction.parameters);
    const demands = { demanded: [...demanded, ...(acrRequired === undefined ? [] : [[acrRequired]])] };
    const acr = acrOf(amr);
    if (!meetsDemands(offered ? acrOf([...amr, ...SECOND_FACTOR_AMR]) : acr, demands)) return 'another-way';
    if (!offered || reachesAcr(acr, acrOf(SECOND_FACTOR_AMR))) return undefined;
    if (!meetsDemands(acr, demands)) return 'second-factor';
    return (await this.secondFactors.enrolled(userId)).length > 0 ? 'second-factor' : undefined;
  }

  /** Only a full sign-in lets the account's attempts count no more: half of one would let the other half be guessed. */
  private async start(http: FastifyRequest, authentication: Authentication): Promise<StartedSession> {
    await this.throttle.signedIn(authentication.userId);
    return this.sessions.start(http, authentication);
  }

  private loggedIn(
    { interactionId, clientId }: Interaction,
    { sid, userId }: Session,
    detail: Readonly<Record<string, string>>,
  ): Promise<InteractionWithSignIn | undefined> {
    return this.interactionStore.loggedIn(interactionId, sid, { type: 'login.succeeded', userId, clientId, detail });
  }
}
