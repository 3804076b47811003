import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InteractionStore } from '@tandem/persistence';
import { words } from '@tandem/protocol';
import type { Client, Interaction } from '@tandem/protocol';
import type { DeclaredConnection } from '../../declared-configuration/declared-configuration.js';
import { Clock } from '../../clock.js';
import { UpstreamProviders } from '../../federation/upstream-providers.js';
import type { UpstreamAttempt, UpstreamUser } from '../../federation/upstream-providers.js';
import type { LoginContext } from '../login-methods/login-method.js';

/** What the interaction keeps while its user is at another provider. */
interface Pending extends UpstreamAttempt {
  readonly connection: string;
}

/** Somebody has come back from another provider, which says who they are. */
export interface UpstreamArrival {
  readonly connection: DeclaredConnection;
  readonly user: UpstreamUser;
}

const KEPT_AS = 'upstream';
/** No older sign-in is taken over than one of ours can be. */
const LONGEST_SECONDS = 14 * 86_400;
const STATE = /^([A-Za-z0-9_-]{22})\.[A-Za-z0-9_-]{43}$/;

const random = (): string => randomBytes(32).toString('base64url');

/** Sends users to other providers and takes them back: each attempt belongs to one interaction and counts once. */
@Injectable()
export class UpstreamSignIn {
  constructor(
    private readonly providers: UpstreamProviders,
    private readonly interactions: InteractionStore,
    private readonly clock: Clock,
  ) {}

  /** Where the browser goes. An attempt that was begun before counts no more. @throws UpstreamProblem */
  async begin({ interaction, client }: LoginContext, connection: DeclaredConnection): Promise<string> {
    const { interactionId, parameters } = interaction;
    const { loginHint, uiLocales } = parameters;
    const { prompt, maxAgeSeconds, notBefore } = this.freshness(interaction, client);
    const attempt: UpstreamAttempt = {
      state: `${interactionId}.${random()}`,
      nonce: random(),
      codeVerifier: random(),
      ...(notBefore === undefined ? {} : { notBefore }),
    };
    const location = await this.providers.authorizationUrl(connection, attempt, {
      maxAgeSeconds,
      ...(prompt === undefined ? {} : { prompt }),
      ...(loginHint === undefined ? {} : { loginHint }),
      ...(uiLocales === undefined ? {} : { uiLocales }),
    });
    const pending: Pending = { ...attempt, connection: connection.name };
    await this.interactions.keepLoginState(interactionId, KEPT_AS, pending);
    return location;
  }

  /** The interaction that an answer's `state` names. */
  interactionOf(state: string): string | undefined {
    return STATE.exec(state)?.[1];
  }

  /**
   * Takes an answer; undefined when it is none to the attempt that waits, for example because it came before.
   *
   * @throws UpstreamProblem when it is, and says nobody.
   */
  async arrive(interaction: Interaction, state: string, query: string): Promise<UpstreamArrival | undefined> {
    // Looked at before it is taken, so that a made-up answer does not spoil the real one.
    if ((interaction.loginState[KEPT_AS] as Pending | undefined)?.state !== state) return undefined;
    const pending = (await this.interactions.takeLoginState(interaction.interactionId, KEPT_AS)) as Pending | undefined;
    const connection = pending?.state === state ? this.providers.find(pending.connection) : undefined;
    if (pending === undefined || connection === undefined) return undefined;
    return { connection, user: await this.providers.redeem(connection, query, pending) };
  }

  /** A request for a fresh sign-in is one for a fresh sign-in there: that here is only its echo. */
  private freshness(
    { parameters, createdAt }: Interaction,
    { defaultMaxAge }: Client,
  ): {
    readonly prompt?: 'login' | 'select_account';
    readonly maxAgeSeconds: number;
    readonly notBefore?: number;
  } {
    const asked = words(parameters.prompt);
    // OIDC Registration §2: what a client wants of every request that does not say.
    const demanded = parameters.maxAge === undefined ? defaultMaxAge : Number(parameters.maxAge);
    if (asked.includes('login') || demanded === 0) return { prompt: 'login', maxAgeSeconds: 0, notBefore: createdAt };
    return {
      ...(asked.includes('select_account') ? { prompt: 'select_account' } : {}),
      maxAgeSeconds: Math.min(demanded ?? LONGEST_SECONDS, LONGEST_SECONDS),
      ...(demanded === undefined ? {} : { notBefore: this.clock.now() - demanded }),
    };
  }
}
