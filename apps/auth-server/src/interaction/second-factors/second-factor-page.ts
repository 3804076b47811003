import { Injectable } from '@nestjs/common';
import { UserStore } from '@tandem/persistence';
import { acrOf, reachesAcr, SECOND_FACTOR_AMR } from '@tandem/protocol';
import type { Interaction, User } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../../clock.js';
import type { Answer } from '../../http/answer.js';
import type { MessageKey } from '../../messages/index.js';
import { Pages } from '../../pages/pages.js';
import { BrowserSessions } from '../../session/browser-sessions.js';
import type { Authentication } from '../../session/browser-sessions.js';
import { framedBy } from '../client-presentation.js';
import { Interactions } from '../interactions.js';
import type { LoginContext } from '../login-methods/login-method.js';
import { LoginPage } from '../login-page.js';
import { SecondFactorEnrolment } from './enrolment.js';
import type { SetUp } from './enrolment.js';
import type { SecondFactor } from './second-factor.js';
import { SecondFactors } from './second-factors.js';

/** How long a first factor waits for the second one; seconds. */
const PROVEN_SECONDS = 600;

/** Who the first factor has shown, how and when. */
interface FirstFactor {
  readonly user: User;
  readonly first: Authentication & { readonly authTime: number };
  /** The way to sign in that it was; undefined where it is that of the browser's session. */
  readonly method?: string;
}

/** A sign-in of which the first factor is there. */
export interface HalfSignIn extends LoginContext, FirstFactor {
  /** Those that the user has; none means that one is set up now. */
  readonly factors: readonly SecondFactor[];
}

/** The page that asks for the second factor, or sets it up. Who is meant follows from what is stored, never from a form. */
@Injectable()
export class SecondFactorPage {
  constructor(
    private readonly login: LoginPage,
    private readonly interactions: Interactions,
    private readonly sessions: BrowserSessions,
    private readonly users: UserStore,
    private readonly secondFactors: SecondFactors,
    private readonly enrolment: SecondFactorEnrolment,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  /** The half sign-in of this browser; undefined when there is none that counts, and the request has to begin anew. */
  async find(http: FastifyRequest, interaction: Interaction): Promise<HalfSignIn | undefined> {
    if (!this.secondFactors.offered) return undefined;
    const found = (await this.provenIn(interaction)) ?? (await this.signedInWith(http, interaction));
    if (found === undefined) return undefined;
    const factors = await this.secondFactors.enrolled(found.user.userId);
    // A session may be old and its browser unattended: what is set up for good needs a first factor of now.
    if (factors.length === 0 && found.method === undefined) return undefined;
    return { ...(await this.login.contextOf(http, interaction)), ...found, factors };
  }

  render(half: HalfSignIn, status = 200, problem?: MessageKey, tried?: string): Answer {
    if (half.factors.length === 0) return this.renderSetUp(half, this.enrolment.begin(half.user), problem);
    const parts = half.factors.map((factor) => ({ ...factor.part(), method: factor.name }));
    return this.show(half, status, 'second-factor', { parts, problem, tried });
  }

  renderSetUp(half: HalfSignIn, setUp: SetUp, problem?: MessageKey): Answer {
    return this.show(half, 200, 'second-factor-set-up', { ...setUp, problem });
  }

  /** The sign-in is complete; the codes are shown this once. */
  renderRecoveryCodes(half: HalfSignIn, codes: readonly string[]): Answer {
    return this.show(half, 200, 'recovery-codes', { codes, next: this.interactions.resumeUrl(half.interaction) });
  }

  private async provenIn({ proven }: Interaction): Promise<FirstFactor | undefined> {
    if (proven === undefined || this.clock.now() - proven.at > PROVEN_SECONDS) return undefined;
    const { userId, amr, method, at, authTime = at } = proven;
    const user = await this.users.find(userId);
    return user === undefined ? undefined : { user, first: { userId, amr, authTime }, method };
  }

  private async signedInWith(http: FastifyRequest, { chosenSid }: Interaction): Promise<FirstFactor | undefined> {
    const signIn = (await this.sessions.all(http, '')).find(({ session }) => session.sid === chosenSid);
    if (signIn === undefined || reachesAcr(signIn.session.acr, acrOf(SECOND_FACTOR_AMR))) return undefined;
    const { userId, amr, authTime } = signIn.session;
    return { user: signIn.user, first: { userId, amr, authTime } };
  }

  private show(half: HalfSignIn, status: number, view: string, model: object): Answer {
    const { http, interaction, user } = half;
    const { client, needs } = framedBy(half);
    return this.pages.render(
      status,
      view,
      {
        ...model,
        client,
        email: user.email,
        interaction: interaction.interactionId,
        csrf: this.interactions.csrfToken(http, interaction),
      },
      needs,
    );
  }
}
